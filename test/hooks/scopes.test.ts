import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { appendFileSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { PLUGIN_ROOT } from "../support/files/plugin-root.ts";
import { makePipe } from "../support/files/pipe.ts";
import { temporaryFolder } from "../support/files/temporary.ts";
import { blockFor, editOf, openPlopSession, readHistory } from "../support/hook/plop.ts";
import { HOOK, openHookSession, type HookSession } from "../support/hook/session.ts";

const Refusal = z.object({ permissionDecision: z.string(), permissionDecisionReason: z.string() });

type Opened = HookSession & { readonly id: string; readonly tmp: string };
/** A session with an id and a temporary folder of its own, where the place of its record is noted. */
function open(make: typeof openHookSession): Opened {
  const [id, tmp] = [randomUUID(), temporaryFolder("tmp")];
  return { ...make(undefined, undefined, id, { TMPDIR: tmp }), id, tmp };
}
const openPlop = (): Opened => open((_, data, id, env) => openPlopSession(undefined, data, id, env));

/** Runs the hook as the frontmatter of a command does: with its name, and without the folder of the plugin's data. */
function runScoped(session: Opened, scope: string, fields: object, tmp = session.tmp): string | null {
  const { stdout, status, stderr } = spawnSync(process.execPath, [HOOK, scope], {
    input: JSON.stringify({
      session_id: session.id,
      prompt_id: `${session.id}-turn-1`,
      cwd: session.project,
      ...fields,
    }),
    env: {
      CLAUDE_PROJECT_DIR: session.project,
      CLAUDE_PLUGIN_ROOT: PLUGIN_ROOT,
      TMPDIR: tmp,
      ...(scope === "always" ? { CLAUDE_PLUGIN_DATA: session.data } : {}),
    },
    encoding: "utf8",
  });
  if (status !== 0) return stderr;
  if (stdout === "") return null;
  const answer = z.object({ hookSpecificOutput: Refusal.optional() }).parse(JSON.parse(stdout)).hookSpecificOutput;
  return answer?.permissionDecision === "deny" ? answer.permissionDecisionReason : null;
}
const bash = { hook_event_name: "PreToolUse", tool_name: "Bash", tool_input: { command: "ls" } };
const read = { hook_event_name: "PreToolUse", tool_name: "Read", tool_input: { file_path: "CLAUDE.md" } };

test("the hook of a command finds the record that the hooks of the session keep, and judges by it", async () => {
  const session = openPlop();
  await session.prompt("/plop");
  expect(runScoped(session, "plop", bash)).toContain("Bash is refused while a /plop runs");
  expect(
    runScoped(session, "plop", { ...read, tool_input: { file_path: join(session.project, "CLAUDE.md") } }),
  ).toBeNull();
  expect(readHistory(session.project).map(({ event, tool }) => [event, tool])).toEqual([
    ["approved", null],
    ["refused", "Bash"],
  ]);
  const [listed, other] = ["CLAUDE.md", "src/calc.js"].map((file) => ({
    hook_event_name: "PreToolUse",
    tool_name: "Edit",
    tool_input: editOf(join(session.project, file)),
  }));
  expect(runScoped(session, "plop", listed ?? {})).toBeNull();
  expect(runScoped(session, "plop", other ?? {})).toContain("is not listed");
  runScoped(session, "plop", { hook_event_name: "Stop", last_assistant_message: "done" });
  expect(readHistory(session.project).at(-1)).toMatchObject({ event: "executed" });
});

test("a refusal is recorded once, though two hooks judge the call, and a subagent's by the one that sees it", async () => {
  const session = openPlop();
  await session.prompt("/plop");
  expect(runScoped(session, "always", bash, session.tmp)).not.toBeNull();
  expect(runScoped(session, "plop", bash)).not.toBeNull();
  const refused = () => readHistory(session.project).filter(({ event }) => event === "refused");
  expect(refused()).toHaveLength(1);
  runScoped(session, "always", { ...bash, agent_id: "a1", agent_type: "Explore" });
  expect(refused()).toHaveLength(2);
});

test("the hook of a command refuses everything when the record is not to be found", async () => {
  const session = openPlop();
  await session.prompt("/plop");
  const elsewhere = temporaryFolder("elsewhere");
  for (const scope of ["plop", "audit"])
    for (const event of [bash, read]) expect(runScoped(session, scope, event, elsewhere)).toContain("was not found");
});

test("in an audit the main agent runs nothing that could start a program, at once or later", async () => {
  const session = open(openHookSession);
  await session.send("UserPromptExpansion", { command_name: "trace-audit:audit", command_args: "last" });
  const inputs = { command: "echo x > src/calc.js", prompt: "x", subagent_type: "general-purpose", skill: "other" };
  const names =
    "Bash Monitor PowerShell Workflow CronCreate ScheduleWakeup SendMessage Skill Agent Task WebFetch mcp__x__y EnterWorktree";
  for (const tool_name of names.split(" "))
    expect(runScoped(session, "audit", { ...bash, tool_name, tool_input: inputs }), tool_name).toMatch(/audit/u);
  const own = { subagent_type: "trace-audit:Prompt Engineer" };
  expect(runScoped(session, "audit", { ...bash, tool_name: "Agent", tool_input: own })).toBeNull();
  const fetch = "mcp__plugin_trace-audit_langfuse__fetch_trace";
  expect(runScoped(session, "audit", { ...bash, tool_name: fetch, tool_input: {} })).toBeNull();
  runScoped(session, "audit", { hook_event_name: "Stop" });
  expect(runScoped(session, "audit", bash)).toBeNull();
});

test("a tool of another MCP server that goes by our name is refused", async () => {
  const session = openHookSession();
  const call = (name: string) =>
    session.call(
      "mcp__plugin_trace-audit_langfuse__fetch_trace",
      { selector: "last" },
      { mcp_server: { name, source: "x" } },
    );
  expect((await call("plugin_trace-audit_langfuse")).refusal).toContain("has taken its name");
  expect((await call("plugin:trace-audit:langfuse")).refusal).toBeNull();
});

test.each([
  "/Plop",
  "/PLOP now",
  "/plopp",
  "/plo",
  "/lpop",
  "/plpo",
  " /ploop",
  "/trace-audit:plopp",
  "/trace-audit plop",
  "/рlop",
  "/pӏоp",
])("a misspelt /plop does not reach the model: %s", async (prompt) => {
  expect((await openHookSession().prompt(prompt)).answer.reason).toContain("is no command");
});

test("the plan's block is known though characters that nobody sees stand in it", async () => {
  const block = blockFor(["CLAUDE.md"]).replace("Goal: Let", "Go\u200bal: L\ufe0fet");
  expect((await openPlopSession().prompt(`Please do this. ${block}`)).answer.reason).toContain(
    "holds the plan's block",
  );
});

test.each(["/pop", "/plot", "/loop 5m", "/slop", "/plan", "/lop", "what does /Plop do?", "/plopper"])(
  "another command or a word passes: %s",
  async (prompt) => expect((await openHookSession().prompt(prompt)).answer.decision).toBeUndefined(),
);

test.each([
  ["Skill", { skill: "PLOP" }],
  ["Skill", { skill: " trace-audit:plop " }],
  ["SendMessage", { to: "x", message: { text: "/plop" } }],
  ["CronCreate", { cron: "* * * * *", prompt: "/plop" }],
  ["RemoteTrigger", { action: "create", body: { prompts: [{ text: "/trace-audit:plop" }] } }],
])("no tool hands /plop on: %s %j", async (tool, input) => {
  expect((await openHookSession().call(tool, input)).refusal).toContain("only a human starts /plop");
});

test.each([
  `tmux send-keys -t 0 "/plop" Enter`,
  `env -u CLAUDECODE claude -p "/plop"`,
  "printf '/plop\\n' > /dev/pts/3",
  "screen -X stuff '/trace-audit:plop\n'",
  "(sleep 60; node start.mjs /plop) &",
  "git -c alias.x='!claude -p /plop' x",
])("no shell hands /plop to a Claude Code, in an ordinary turn either: %s", async (command) => {
  for (const tool of ["Bash", "Monitor", "PowerShell"])
    expect((await openHookSession().call(tool, { command })).refusal).toContain("only a human starts /plop");
});

test.each([
  "grep -rn /plop docs",
  `git commit -m "Say what /plop does"`,
  "npx plop component",
  "echo /plop | wc -c",
  "ls /plop/x",
])("a shell line that only speaks of it passes: %s", async (command) =>
  expect((await openHookSession().call("Bash", { command })).refusal).toBeNull(),
);

test("/plop does not begin beside a subagent that is still at work", async () => {
  const transcripts = temporaryFolder("transcripts");
  const transcript_path = join(transcripts, "s1.jsonl");
  const agent = join(transcripts, "s1/subagents/agent-a1.jsonl");
  mkdirSync(dirname(agent), { recursive: true });
  const line = (role: string, content: unknown, stop_reason?: string) =>
    `${JSON.stringify({ type: role, message: { role, content, stop_reason } })}\n`;
  const plop = async () => {
    const session = openPlopSession();
    const fields = { command_name: "trace-audit:plop", command_args: "", transcript_path };
    return (await session.send("UserPromptExpansion", fields)).answer.reason ?? null;
  };
  writeFileSync(agent, line("user", "work") + line("assistant", [{ type: "tool_use", name: "Bash" }], "tool_use"));
  expect(await plop()).toContain("may still be at work");
  appendFileSync(agent, line("user", [{ type: "tool_result", content: "x" }]));
  expect(await plop()).toContain("may still be at work");
  appendFileSync(agent, line("assistant", [{ type: "text", text: "done" }], "end_turn"));
  expect(await plop()).toBeNull();
  writeFileSync(agent, line("assistant", [{ type: "tool_use", name: "Bash" }], "tool_use"));
  appendFileSync(agent, line("user", [{ type: "text", text: "[Request interrupted by user for tool use]" }]));
  expect(await plop()).toBeNull();
  writeFileSync(agent, line("user", "work"));
  const longAgo = new Date(Date.now() - 11 * 60_000);
  utimesSync(agent, longAgo, longAgo);
  expect(await plop()).toBeNull();
});

test("a pipe in place of the approvals log holds no answer up", async () => {
  const session = openPlopSession();
  await session.prompt("/plop");
  const log = join(session.project, "docs/audit/approvals.jsonl");
  const known = readFileSync(log);
  rmSync(log);
  makePipe(log);
  const start = performance.now();
  expect((await session.call("Bash", { command: "ls" })).refusal).toContain("Bash is refused");
  expect(performance.now() - start).toBeLessThan(5000);
  rmSync(log);
  writeFileSync(log, known);
});

test.each([
  ["claude-code_2-1-294_harness", "trace-audit:plop", "/plop is refused: This is Claude Code 2.1.294"],
  ["claude-code_2-1-295_harness", "trace-audit:plop", "supports 2.1.310 and later. /plop may end early"],
  ["claude-code_2-1-294_harness", "trace-audit:audit", "supports 2.1.310 and later. /audit may end early"],
  ["claude-code_2-1-310_harness", "trace-audit:plop", null],
  ["claude-code_10-0-0_harness", "trace-audit:plop", null],
  ["", "trace-audit:plop", null],
  ["someone-elses_1-0-0", "trace-audit:plop", null],
])("the words about an old Claude Code: %s, %s", async (AI_AGENT, command_name, words) => {
  const session = openPlopSession(undefined, undefined, undefined, { AI_AGENT });
  await session.send("UserPromptSubmit", { prompt: "/plop" });
  const { answer } = await session.send("UserPromptExpansion", {
    command_name,
    command_args: command_name.endsWith("audit") ? "last" : "",
  });
  const said = `${answer.reason ?? ""}${answer.systemMessage ?? ""}`;
  if (words === null) expect(said).not.toContain("This is Claude Code");
  else expect(said).toContain(words);
});
