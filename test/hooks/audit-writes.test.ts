import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openAudited, openDiagnosed, put, VALID } from "../support/hook/audited.ts";
import { temporaryFolder } from "../support/files/temporary.ts";
import { PLAN } from "../support/replay/audit.ts";
import { openHookSession } from "../support/hook/session.ts";

test.each([
  "docs/audit/summaries/4f1d.json",
  "docs/audit/2026-11-20-4f1d9a7b3c2e.md",
  "docs/audit/README.md",
  "docs/audit/approvals.jsonl",
  "docs/audit/marks.md",
  "docs/audit/summaries/new/x.json",
  "docs/./audit/../audit/approvals.jsonl",
  "src/../docs/audit/approvals.jsonl",
  "Docs/Audit/approvals.jsonl",
  "docs/audit/implementation_plan.md",
  "linked/x.json",
  "innocent.md",
])("outside an audit and inside one nothing is written to %s", async (path) => {
  const session = openHookSession();
  put(session, "docs/audit/summaries/x.json", "{}");
  mkdirSync(join(session.project, "src"));
  symlinkSync("docs/audit/summaries", join(session.project, "linked"));
  symlinkSync("docs/audit/gone.md", join(session.project, "innocent.md"));
  const calls: readonly (readonly [string, object])[] = [
    ["Write", { file_path: path, content: VALID }],
    ["Edit", { file_path: join(session.project, path), old_string: "a", new_string: "b" }],
    ["MultiEdit", { file_path: path, edits: [] }],
    ["NotebookEdit", { notebook_path: path, new_source: "x" }],
  ];
  for (const [tool, input] of calls) expect((await session.call(tool, { ...input })).refusal, tool).not.toBeNull();
  const other = {
    tool_name: "Write",
    tool_input: { file_path: path, content: "x" },
    agent_id: "a",
    agent_type: "Explore",
  };
  expect((await session.send("PreToolUse", other)).refusal).not.toBeNull();
});

test("other files are none of the plugin's business outside an audit, and /audit writes nothing with a tool", async () => {
  const input = { file_path: "src/calc.js", content: "x" };
  expect((await openHookSession().call("Write", input)).refusal).toBeNull();
  const session = await openDiagnosed();
  expect((await session.call("Write", input)).refusal).toContain("writes no file with a tool");
  expect((await session.call("Edit", { file_path: "CLAUDE.md" })).refusal).toContain("writes no file with a tool");
  expect((await session.call("Write", { file_path: PLAN, content: VALID })).refusal).toContain("writes no file");
});

test("a plan behind a link is not written", async () => {
  const outside = temporaryFolder("outside");
  for (const make of [
    (project: string) => symlinkSync(outside, join(project, "docs")),
    (project: string) => (mkdirSync(join(project, "docs")), symlinkSync(outside, join(project, "docs/audit"))),
    (project: string) => (
      mkdirSync(join(project, "docs/audit"), { recursive: true }),
      symlinkSync("../../app.js", join(project, PLAN))
    ),
    (project: string) => (
      mkdirSync(join(project, "docs/audit"), { recursive: true }),
      symlinkSync(join(outside, "a.md"), join(project, PLAN))
    ),
  ]) {
    const session = openHookSession();
    writeFileSync(join(session.project, "app.js"), "");
    make(session.project);
    expect((await session.call("Write", { file_path: PLAN, content: VALID })).refusal).toMatch(/link/u);
  }
});

test("an edit of the plan is judged by what it makes of it", async () => {
  const session = await openAudited();
  put(session, PLAN, VALID);
  const edit = async (tool: string, input: object) => (await session.call(tool, { file_path: PLAN, ...input })).refusal;
  const harmless = { old_string: "Goal: Let the agent plan", new_string: "Goal: Make the agent plan" };
  const wrong = { old_string: "- Stop and ask if scope is unclear.", new_string: "- Go on." };
  expect(await edit("Edit", harmless)).toBeNull();
  expect(await edit("Edit", wrong)).toContain("Stop and ask");
  expect(await edit("MultiEdit", { edits: [harmless] })).toBeNull();
  expect(await edit("MultiEdit", { edits: [harmless, wrong] })).toContain("Stop and ask");
  expect(await edit("Edit", { old_string: "CLAUDE.md", new_string: "src/calc.js", replace_all: true })).toContain(
    "it is no prompt file",
  );
  for (const unclear of [
    { old_string: "not there", new_string: "" },
    { old_string: "- ", new_string: "* " },
    { old_string: "", new_string: "x" },
    {},
  ])
    expect(await edit("Edit", unclear)).toContain("cannot be told before");
  expect((await session.call("NotebookEdit", { notebook_path: PLAN, new_source: VALID })).refusal).toContain(
    "with Write",
  );
});
