import { describe, expect, test } from "vitest";
import { withLangfuse } from "../support/mcp/client.ts";
import { pluginTurn, type PluginCall } from "../support/trace/plugin-turn.ts";
import { withoutKeys } from "../support/transcripts/recorded.ts";
import { answer, sessionOf, tool, user, writeSession, type Said, type Told } from "../support/transcripts/written.ts";

/** What Claude Code answers in place of a call's result, and the kind that it is. */
const UNRUN: readonly (readonly [string, string])[] = [
  ["permission_denied", "Permission to use Bash has been denied because Claude Code is running in don't ask mode."],
  ["permission_denied", "Permission to use Bash with command npm test has been denied."],
  ["permission_denied", `Permission to use Bash with command npm test\n${"x".repeat(2000)} has been denied.`],
  ["permission_denied", "Permission to use Bash has been denied by your rule Bash(npm:*)."],
  ["permission_denied", "Permission for this action has been denied. Reason: destructive."],
  ["permission_denied", "Permission for this action was denied by the Claude Code auto mode classifier. Reason: x"],
  ["permission_denied", "Permission for this command was denied by a built-in Claude Code safety check"],
  ["permission_denied", "Permission for this tool use was denied: it requires interactive approval"],
  ["permission_denied", "PreToolUse:Bash hook error: [node guard.mjs]: run the tests in CI"],
  ["permission_denied", "PreToolUse:Bash [node guard.mjs] hook error: run the tests in CI"],
  ["permission_denied", "Bash operation blocked by hook:\n- [guard.sh]: no tests here"],
  ["permission_denied", "Hook PreToolUse:Bash denied this tool"],
  ["permission_denied", "Hook PreToolUse:Bash denied this tool\nPreToolUse:Callback hook blocking error"],
  ["permission_denied", "<tool_use_error>Error: PreToolUse:Bash hook error: [guard]: no</tool_use_error>"],
  ["permission_denied", "Execution stopped by hook"],
  [
    "permission_denied",
    "This tool call was refused and did not run: the permission answer for it could not be matched.",
  ],
  ["permission_denied", "<tool_use_error>Blocked: sleep 60 followed by: npm test</tool_use_error>"],
  ["user_rejected", "User denied permission"],
  ["user_rejected", "The user doesn't want to take this action right now. STOP what you are doing."],
  ["cancelled", "<tool_use_error>Sibling tool call errored</tool_use_error>"],
  ["cancelled", "Error: Sibling tool call errored"],
  ["cancelled", "<tool_use_error>Cancelled: parallel tool call Read(x) errored</tool_use_error>"],
  ["cancelled", "Cancelled: parallel tool call Bash(git log) errored"],
  ["cancelled", "<tool_use_error>Error: Streaming fallback - tool execution discarded</tool_use_error>"],
  ["cancelled", "[Tool result missing due to internal error]"],
  [
    "cancelled",
    "[Tool call skipped: the turn was stopped before this call ran, by the check whose denial is on another]",
  ],
  ["cancelled", "[Tool call not completed: an approval request expired with no answer.]"],
  ["cancelled", "[Tool call interrupted: the session ended before this call's result was recorded.]"],
  ["cancelled", "[Tool call result not in this copy: this session was copied.]"],
  ["cancelled", "A safety monitor blocked this turn, so this tool call was cancelled."],
  [
    "cancelled",
    "<tool_use_error>Not started: this same command, in this directory, was moved to the background</tool_use_error>",
  ],
];

/** What ran, and what it says. */
const RAN: readonly (readonly [string, string])[] = [
  ["nonzero_exit", "Exit code 1\nError: Sibling tool call errored"],
  ["nonzero_exit", "Exit code 1\n/bin/rm: Operation not permitted"],
  ["timeout", "Command timed out after 2m 0s"],
];

const edit = { file_path: "/home/dev/app/README.md", old_string: "a", new_string: "b" };
const FAILED: unknown = expect.stringMatching(/^test npm test FAILED/u);
const npmTest = { command: "npm test" };

const session = (text: string, told: Told = {}): readonly (Said | readonly Said[])[] => [
  user("Fix the parser."),
  tool("Bash", npmTest, "12 passed"),
  tool("Edit", edit),
  tool("Bash", npmTest, text, { isError: true, ...told }),
  answer(),
];
const exported = (text: string): readonly PluginCall[] => [
  { name: "Bash", input: npmTest, output: "12 passed" },
  { name: "Edit", input: edit, output: "The file has been updated." },
  { name: "Bash", input: npmTest, output: text },
];

describe("a test that never ran did not fail, and what ran did", () => {
  const all = [...UNRUN.map((row) => [...row, false] as const), ...RAN.map((row) => [...row, true] as const)];
  const expected = (kind: string, failed: boolean) => ({
    completed: true,
    errors: [{ tool: "bash", kind, count: 1 }],
    turns: [{ did: failed ? expect.arrayContaining([FAILED]) : expect.not.arrayContaining([FAILED]) }],
    outcome: kind === "cancelled" ? "success" : "partial_success",
  });

  test("from transcripts", async () => {
    await withoutKeys({}, async ({ home, project, start }) => {
      all.forEach(([, text], at) => writeSession({ home, project }, sessionOf(at), session(text)));
      const server = await start();
      for (const [at, [kind, text, failed]] of all.entries()) {
        const [summary] = (await server.fetch(`${sessionOf(at)}-1`)).summaries;
        expect(summary, text).toMatchObject(expected(kind, failed));
      }
    });
  });

  test("from Langfuse, by the text alone", async () => {
    const traces = all.map(([, text], at) => pluginTurn(`turn-${at}`, "Fix the parser.", exported(text)));
    await withLangfuse({ traces }, async ({ server }) => {
      for (const [at, [kind, text, failed]] of all.entries())
        expect((await server.fetch(`turn-${at}`)).summaries[0], text).toMatchObject(expected(kind, failed));
    });
  });

  test.each([
    ["permission-rule", "permission_denied"],
    ["user-rejected", "user_rejected"],
    ["cancelled", "cancelled"],
    ["interrupted", "cancelled"],
  ])("a transcript notes %s where the words are a hook's own", async (denial, kind) => {
    await withoutKeys({}, async ({ home, project, start }) => {
      const lines = session("Run the tests in CI, please.", { more: { toolDenialKind: denial } });
      writeSession({ home, project }, sessionOf(1), lines);
      expect((await (await start()).fetch("last")).summaries[0]).toMatchObject(expected(kind, false));
    });
  });
});

test("trying again what did not run is no thrash", async () => {
  await withoutKeys({}, async ({ home, project, start }) => {
    UNRUN.forEach(([, text], at) => {
      const again = Array.from({ length: 6 }, () => tool("Bash", { command: "ls" }, text, { isError: true }));
      writeSession({ home, project }, sessionOf(at), [user("Look."), ...again, answer()]);
    });
    const server = await start();
    for (const [at, [kind, text]] of UNRUN.entries()) {
      const { summaries } = await server.fetch(`${sessionOf(at)}-1`);
      const refused = kind === "cancelled" ? [] : ["permission_denials"];
      expect(summaries[0]?.notable_patterns, text).toEqual(refused);
    }
  });
});

describe("waiting is no thrash", () => {
  const tools = [
    "AgentOutputTool",
    "AgentOutput",
    "TaskOutput",
    "BashOutput",
    "BashOutputTool",
    "KillBash",
    "KillShell",
  ]
    .concat(["TaskStop", "TaskList", "Monitor", "ScheduleWakeup", "CronList", "ListAgents", "ListPeers", "Sleep"])
    .concat(["WaitForMcpServers", "ReadMcpResourceTool", "ListMcpResourcesTool", "ReadNotifications"]);

  test.each([
    ["waits", tools, []],
    ["works", ["Skill", "LSP", "mcp__db__query"], ["tool_thrash"]],
  ] as const)("with a tool that %s", async (_what, names, patterns) => {
    const input = { id: "b1" };
    await withoutKeys({}, async ({ home, project, start }) => {
      names.forEach((name, at) => {
        const waits = Array.from({ length: 5 }, () => tool(name, input, "still running"));
        writeSession({ home, project }, sessionOf(at), [user("Wait."), ...waits, answer()]);
      });
      const server = await start();
      for (const [at, name] of names.entries())
        expect((await server.fetch(`${sessionOf(at)}-1`)).summaries[0]?.notable_patterns, name).toEqual(patterns);
    });
    const calls = (name: string) => Array.from({ length: 5 }, () => ({ name, input, output: "still running" }));
    await withLangfuse({ traces: names.map((name) => pluginTurn(name, "Wait.", calls(name))) }, async ({ server }) => {
      for (const name of names)
        expect((await server.fetch(name)).summaries[0]?.notable_patterns, name).toEqual(patterns);
    });
  });
});
