import { describe, expect, test } from "vitest";
import { isRecord } from "../../mcp-server/src/trace/values/json.ts";
import { createTraceReducer } from "../../mcp-server/src/trace/rows/reducer.ts";
import { type Audited, summarize } from "../support/trace/audited.ts";
import { readLine } from "../../mcp-server/src/trace/transcript/line-kind.ts";
import { createTurnRows } from "../../mcp-server/src/trace/transcript/turn-rows.ts";
import { createTurnFinder, type Turn } from "../../mcp-server/src/trace/transcript/turns.ts";
import { createRandom, shuffle } from "../support/trace/traces.ts";
import { readSession, type Scenario } from "../support/transcripts/recorded.ts";

type Json = Readonly<{ [key: string]: unknown }>;

/** The turns of a session; a line's place stands for its bytes. */
function turnsOf(lines: readonly Json[]): readonly Turn[] {
  const finder = createTurnFinder();
  lines.forEach((line, at) => finder.add(readLine(line), at));
  return finder.finish(lines.length);
}

function rowsOf(lines: readonly Json[], { number, from, to }: Turn): readonly Json[] {
  const rows = createTurnRows({ traceId: "t", sessionId: "s", number });
  return [...lines.slice(from, to).flatMap((line) => rows.add(readLine(line))), ...rows.finish()];
}

function audit(rows: readonly Json[]): Audited {
  const reducer = createTraceReducer("t");
  reducer.addRows(rows);
  return summarize(reducer.finish());
}

const auditTurns = (lines: readonly Json[]): readonly Audited[] =>
  turnsOf(lines).map((turn) => audit(rowsOf(lines, turn)));

let seconds = 0;
const at = (): string => new Date(Date.UTC(2026, 0, 15) + (seconds += 1) * 1000).toISOString();
const uuid = (): string => `line-${seconds + 1}`;
const user = (content: unknown, more: Json = {}): Json => ({
  type: "user",
  uuid: uuid(),
  timestamp: at(),
  cwd: "/home/dev/project",
  message: { role: "user", content },
  ...more,
});
const answer = (id: string, content: readonly unknown[], stop: string | null, more: Json = {}): Json => ({
  type: "assistant",
  uuid: uuid(),
  timestamp: at(),
  message: { id, role: "assistant", model: "claude-opus-4-5", content, stop_reason: stop },
  ...more,
});
const call = (id: string, name: string, input: Json) => ({ type: "tool_use", id, name, input });
const result = (id: string, content: unknown, more: Json = {}): Json =>
  user([{ type: "tool_result", tool_use_id: id, content, ...more }]);
const said = (text: string) => [{ type: "text", text }];
const done = (id = "msg_done"): Json => answer(id, said("Done."), "end_turn");

describe("what opens a turn", () => {
  const numbered = (lines: readonly Json[]): readonly (readonly [number, number, boolean])[] =>
    turnsOf(lines).map(({ from, to, isHuman }) => [from, to, isHuman]);

  test.each<readonly [string, Json]>([
    ["a tool's result", result("toolu_1", "text")],
    ["a meta line", user("<system-reminder>now</system-reminder> do it", { isMeta: true })],
    ["a request that Claude Code recorded", { type: "api-request-blob", message: { role: "user", content: "Do it" } }],
    ["a line of a subagent", user("Do it", { isSidechain: true })],
    ["an attachment", { type: "attachment", attachment: { type: "date" } }],
    ["the summary of a compaction", user("This session is being continued from", { isCompactSummary: true })],
    ["an interruption", user(said("[Request interrupted by user for tool use]"))],
    ["a shell command typed by the human", user("<bash-input>ls</bash-input>")],
    ["the output of a local command", user("<local-command-stdout>Compacted</local-command-stdout>")],
    ["a local command, which the model never answers", user("<command-name>/context</command-name>")],
    ["an answer in the model's name", answer("x", said("No response requested."), null, standIn())],
  ])("not %s", (_what, line) => {
    expect(numbered([user("Fix it."), done("a"), line])).toEqual([[0, 3, true]]);
    expect(numbered([user("Fix it."), done("a"), line, user("Next."), done("b")])).toEqual([
      [0, 3, true],
      [3, 5, true],
    ]);
  });

  test.each<readonly [string, Json, boolean]>([
    ["a human's words", user("Next."), true],
    ["a picture alone", user([{ type: "image", source: {} }]), true],
    ["a command that the model answers", user("<command-name>/look</command-name>"), true],
    ["a notification", user("<task-notification>done</task-notification>"), false],
    ["a prompt of Claude Code's own", user("Carry on.", { promptSource: "system" }), false],
  ])("%s", (_what, line, isHuman) => {
    const lines = [user("Fix it."), done("a"), line, done("b")];
    expect(numbered(lines)).toEqual([
      [0, 2, true],
      [2, 4, isHuman],
    ]);
    expect(auditTurns(lines)[1]?.isHuman).toBe(isHuman);
  });

  test("what precedes any prompt is a turn too: a session that goes on after a compaction", () => {
    const lines = [user("This session is being continued from a previous conversation."), done()];
    expect(numbered(lines)).toEqual([[0, 2, true]]);
    expect(auditTurns(lines)[0]).toMatchObject({ isHuman: true, incompleteReason: null });
  });
});

function standIn(): Json {
  return { message: { id: "x", model: "<synthetic>", content: said("No response requested.") } };
}

describe("a turn's rows", () => {
  test("a message in several lines is one request, and none of its parallel calls is lost", () => {
    const read = (n: number) => call(`toolu_${n}`, "Read", { file_path: `/home/dev/project/${n}.js` });
    const [audited] = auditTurns([
      user("Fix it."),
      answer("msg_1", said("I'll look."), "tool_use"),
      answer("msg_1", [read(1)], "tool_use"),
      result("toolu_1", "one"),
      answer("msg_1", [read(2)], "tool_use"),
      answer("msg_1", [read(3)], "tool_use"),
      result("toolu_3", "three"),
      result("toolu_2", "two"),
      done(),
    ]);
    expect(audited?.summary).toMatchObject({ tool_usage: { read: 3 }, completed: true, outcome: "success" });
    expect(JSON.stringify(audited?.summary.hierarchy)).toContain('"kind":"generation","count":2');
  });

  test("lines that a compaction writes again count once", () => {
    const once = [
      user("Fix it."),
      answer("msg_1", [call("toolu_1", "Read", { file_path: "/home/dev/project/a.js" })], "tool_use"),
      result("toolu_1", "one"),
    ];
    const [audited] = auditTurns([...once, ...once.slice(1), done()]);
    expect(audited?.summary).toMatchObject({ tool_usage: { read: 1 }, warnings: [] });
    const renamed = once.slice(1).map((line) => ({ ...line, uuid: `again-${String(line["uuid"])}` }));
    expect(auditTurns([...once, ...renamed, done()])[0]?.summary.tool_usage).toEqual({ read: 1 });
  });

  test("a compaction resets what was read", () => {
    const read = (n: number): readonly Json[] => [
      answer(`msg_${n}`, [call(`toolu_${n}`, "Read", { file_path: "/home/dev/project/a.js" })], "tool_use"),
      result(`toolu_${n}`, "text"),
    ];
    const patterns = (lines: readonly Json[]) => auditTurns(lines)[0]?.summary.notable_patterns;
    expect(patterns([user("Fix it."), ...read(1), ...read(2), done()])).toContain("repeated_file_reads");
    const compacted = [
      user("Fix it."),
      ...read(1),
      { type: "system", subtype: "compact_boundary", uuid: "boundary", timestamp: at() },
      user("This session is being continued from", { isCompactSummary: true }),
      ...read(2),
      done(),
    ];
    expect(patterns(compacted)).not.toContain("repeated_file_reads");
  });

  test("a failed call is known by its flag, whatever its text says", () => {
    const run = (id: string, content: string, more: Json) => [
      answer(`msg_${id}`, [call(id, "mcp__db__query", {})], "tool_use"),
      result(id, content, more),
    ];
    const [audited] = auditTurns([
      user("Ask."),
      ...run("toolu_1", "no such table", { is_error: true }),
      ...run("toolu_2", "Exit code 1", { is_error: false }),
      done(),
    ]);
    expect(audited?.summary.errors).toEqual([{ tool: "mcp__db__query", kind: "tool_error", count: 1 }]);
    expect(audited?.summary.coverage.errors).toBe("recorded");
  });

  test("a call without a result is still open, and the run is not completed", () => {
    const [audited] = auditTurns([
      user("Wait."),
      answer("m", [call("toolu_1", "Bash", { command: "sleep 9" })], "tool_use"),
    ]);
    expect(audited?.incompleteReason).toBe("not completed: 1 observation is still open");
  });

  test("an answer that failed is an API error, one that was not wanted is not", () => {
    const failed = {
      isApiErrorMessage: true,
      message: { id: "y", model: "<synthetic>", content: said("Prompt is too long") },
    };
    expect(auditTurns([user("Go."), answer("y", [], null, failed)])[0]?.summary).toMatchObject({
      completed: false,
      errors: [{ tool: null, kind: "api_error", count: 1 }],
    });
    const stopped = [user("Go."), done(), answer("x", [], null, standIn())];
    expect(auditTurns(stopped)[0]?.summary).toMatchObject({ completed: true, errors: [] });
  });

  test("a prompt's system text is not the goal, and no text of the run is in the summary", () => {
    const [audited] = auditTurns([
      user("<system-reminder>CANARY-1</system-reminder>Fix it."),
      answer("m", [...said("CANARY-2"), call("toolu_1", "Bash", { command: "echo CANARY-3" })], "tool_use"),
      result("toolu_1", "CANARY-4"),
      done(),
    ]);
    expect(audited?.summary.goal).toBe("Fix it.");
    expect(JSON.stringify(audited?.summary)).not.toContain("CANARY");
  });
});

const scenarios: readonly Scenario[] = [
  "bgagent",
  "denied",
  "interrupted",
  "misc",
  "multiturn",
  "rich-default",
  "todo",
];

test.each(scenarios)("the rows of %s give the same summary in any order", (scenario) => {
  const lines = readSession(scenario).lines.flatMap((written) => {
    const line: unknown = JSON.parse(written);
    return isRecord(line) ? [line] : [];
  });
  const turns = turnsOf(lines);
  expect(turns.length).toBeGreaterThan(0);
  for (const turn of turns) {
    const rows = rowsOf(lines, turn);
    const expected = JSON.stringify(audit(rows));
    for (const seed of [1, 2, 3]) expect(JSON.stringify(audit(shuffle(rows, createRandom(seed))))).toBe(expected);
  }
});
