import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { temporaryFolder } from "../support/files/temporary.ts";
import { RUN, ENGINEER, SPECIALIST, written } from "../support/hook/audited.ts";
import { by, openHookSession, type HookSession } from "../support/hook/session.ts";

// No /audit runs here: what holds the agents in direct use holds them always.
let session: HookSession;
let outside: string;
const SUMMARY = `docs/audit/summaries/${RUN.trace_id}.json`;
beforeAll(async () => {
  session = openHookSession();
  outside = temporaryFolder("outside");
  await written(session, [RUN]);
  const { project } = session;
  for (const folder of ["docs/audit/summaries/linked", "prompts", "node_modules"]) mkdirSync(join(project, folder));
  for (const file of ["CLAUDE.md", ".env", "docs/audit/IMPLEMENTATION_PLAN.md", "docs/audit/summaries-other.json"])
    writeFileSync(join(project, file), "heron");
  symlinkSync("../../../CLAUDE.md", join(project, "docs/audit/summaries/innocent.json"));
  symlinkSync("/etc", join(project, "docs/audit/summaries/linked/etc"));
  symlinkSync(`../${SUMMARY}`, join(project, "prompts/summary.json"));
  symlinkSync(outside, join(project, "prompts/outside"));
});

const READABLE = [
  ["a summary by its absolute path", () => ({ file_path: join(session.project, SUMMARY) })],
  ["a summary by its relative path", () => ({ file_path: SUMMARY })],
  ["a part of a summary", () => ({ file_path: SUMMARY, offset: 2, limit: 10 })],
  [
    "a summary by a detour that stays there",
    () => ({ file_path: `docs/audit/../audit/summaries/./${RUN.trace_id}.json` }),
  ],
  ["a link that leads to a summary", () => ({ file_path: "prompts/summary.json" })],
  ["a summary that is not there", () => ({ file_path: "docs/audit/summaries/absent.json" })],
] as const;
test.each(READABLE)("the agents may read %s", async (_, input) => {
  for (const agent of [ENGINEER, SPECIALIST])
    expect((await session.call("Read", input(), by(agent))).refusal).toBeNull();
});

const UNREADABLE = [
  "CLAUDE.md",
  ".env",
  "/etc/passwd",
  "~/.ssh/id_ed25519",
  "docs/audit/IMPLEMENTATION_PLAN.md",
  "docs/audit/summaries-other.json",
  "docs/audit/summaries",
  "docs/audit/summaries/../../../CLAUDE.md",
  "docs/audit/summaries/../IMPLEMENTATION_PLAN.md",
  "docs/audit/summaries/innocent.json",
  "docs/audit/summaries/linked/etc/passwd",
  "docs/audit/summaries/\0/../../../CLAUDE.md",
  "../docs/audit/summaries/x.json",
  "",
];
test.each(UNREADABLE)("the agents may not read %j", async (path) => {
  const reasons = await Promise.all(
    [path, path === "" || path.startsWith("/") ? path : join(session.project, path)].map(
      async (file_path) => (await session.call("Read", { file_path }, by(ENGINEER))).refusal,
    ),
  );
  // Joined to the project, a tilde names a folder of that name.
  for (const reason of reasons) expect(reason).toContain("may read files below docs/audit/summaries");
});

test("nothing can be read when the folder of summaries is itself a link", async () => {
  const linked = openHookSession();
  mkdirSync(join(linked.project, "docs/audit"), { recursive: true });
  writeFileSync(join(outside, "x.json"), "{}");
  symlinkSync(outside, join(linked.project, "docs/audit/summaries"));
  expect(
    (await linked.call("Read", { file_path: "docs/audit/summaries/x.json" }, by(ENGINEER))).refusal,
  ).not.toBeNull();
});

test.each(["Grep", "Bash", "Write", "Edit", "Agent", "Task", "Skill", "WebFetch", "NotebookRead", "LS", "mcp__x__y"])(
  "the agents may not use %s, and learn what they may",
  async (tool) => {
    const { refusal } = await session.call(tool, { pattern: "heron", path: "docs/audit/summaries" }, by(ENGINEER));
    expect(refusal).toContain(`may not use ${tool}`);
    expect(refusal).toContain("docs/audit/summaries");
  },
);

test.each([
  { pattern: "**/*.md" },
  { pattern: "*.{md,txt}", path: "prompts" },
  { pattern: "[A-C]*.md" },
  { pattern: "*", path: "." },
])("the agents may list names with %j", async (input) => {
  expect((await session.call("Glob", input, by(SPECIALIST))).refusal).toBeNull();
});

test.each([
  { pattern: "/etc/*" },
  { pattern: "../*" },
  { pattern: "prompts/../../*" },
  { pattern: "~/*" },
  { pattern: "{/etc,prompts}/*" },
  { pattern: "{prompts,/etc}/*" },
  { pattern: "{.,.}./*" },
  { pattern: ".\\./*" },
  { pattern: "[.][.]/*" },
  { pattern: ".?/*" },
  { pattern: "C:/*" },
  { pattern: "*", path: "/etc" },
  { pattern: "*", path: ".." },
  { pattern: "*", path: "~" },
  { pattern: "*", path: "prompts/outside" },
  { pattern: "*", path: 7 },
])("the agents may not list names with %j", async (input) => {
  expect((await session.call("Glob", input, by(SPECIALIST))).refusal).not.toBeNull();
});

test("the main agent and other subagents read what they like", async () => {
  for (const fields of [{}, { agent_id: "a2", agent_type: "Explore" }]) {
    const event = { tool_name: "Read", tool_input: { file_path: "CLAUDE.md" }, ...fields };
    expect((await session.send("PreToolUse", event)).refusal).toBeNull();
  }
});
