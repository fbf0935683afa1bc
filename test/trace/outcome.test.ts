import { describe, expect, test } from "vitest";
import { createTraceReducer } from "../../mcp-server/src/trace/rows/reducer.ts";
import { toScores, type Score } from "../../mcp-server/src/trace/rows/score.ts";
import { assess } from "../../mcp-server/src/trace/summary/summary.ts";
import { toSessionSummary } from "../../mcp-server/src/trace/summary/session-summary.ts";
import { generationRow, rootRow, toolRow, TRACE_ID } from "../support/trace/rows.ts";
import {
  agent,
  agentRows,
  bash,
  denied,
  edit,
  failed,
  failedEdit,
  read,
  rowsOfRun,
  summaryOf,
  type Run,
  type Steps,
} from "../support/trace/steps.ts";
import type { JsonObject } from "../support/langfuse/store.ts";

const told = (steps: Steps, run: Run = {}): readonly unknown[] => {
  const { outcome, outcome_basis } = summaryOf(steps, run);
  return [outcome, outcome_basis];
};
const commit = (output: string, command = "git commit -m x") => bash(command, output);

describe("what the outcome rests on", () => {
  test.each<readonly [string, Steps, string, string | null]>([
    ["a check that passed after the change", [edit("a.ts"), bash("npm test")], "success", "check_passed"],
    ["a linter that passed alone", [edit("a.ts"), bash("npx eslint .")], "success", "check_passed"],
    ["no check", [edit("a.ts"), read("a.ts")], "success", "no_check"],
    ["a check before the change only", [bash("npm test"), edit("a.ts")], "success", "no_check"],
    ["a check between two changes", [edit("a.ts"), bash("npm test"), edit("b.ts")], "success", "no_check"],
    [
      "a document written after the check",
      [edit("a.ts"), bash("npm test"), edit("README.md")],
      "success",
      "check_passed",
    ],
    ["a formatter alone", [edit("a.ts"), bash("npx prettier --check .")], "success", "no_check"],
    ["nothing changed", [read("a.ts")], "success", "no_change"],
    ["nothing changed, tests passed", [bash("npm test")], "success", "no_change"],
    ["nothing changed, tests failed", [failed("npm test")], "partial_success", "check_failed"],
    ["an edit that was not made", [failedEdit("a.ts")], "success", "no_change"],
    ["a refused command", [denied("rm a.ts")], "partial_success", "no_change"],
    ["a check that failed", [edit("a.ts"), failed("npm test")], "partial_success", "check_failed"],
    [
      "a check that failed and then passed",
      [edit("a.ts"), failed("npm test"), bash("npm test")],
      "success",
      "check_passed",
    ],
    ["a mended failure that nobody ran again", [failed("npm test"), edit("a.ts")], "partial_success", "check_failed"],
    [
      "tests that failed before a linter passed",
      [edit("a.ts"), failed("npm test"), bash("npx eslint .")],
      "partial_success",
      "check_failed",
    ],
    ["a pipe before the exit code", [edit("a.ts"), bash("npm test | tail -5", "…")], "success", "check_hidden"],
    [
      "a pipe, and a last line that tells",
      [edit("a.ts"), bash("npx vitest run | tail -5", "Tests  3 passed (3)")],
      "success",
      "check_passed",
    ],
    [
      "a pipe, and a last line of a failure",
      [edit("a.ts"), bash("npx vitest run | tail -5", "Tests  2 failed | 1 passed (3)")],
      "partial_success",
      "check_failed",
    ],
    [
      "hidden tests beside a linter that passed",
      [edit("a.ts"), bash("npm test | tail -5", "…"), bash("npx eslint .")],
      "success",
      "check_hidden",
    ],
    ["a check of another language", [edit("a.ts"), bash("go test ./...")], "success", "no_check"],
    [
      "a runner that is not there",
      [edit("a.ts"), bash("pytest", "Exit code 127\nbash: pytest: command not found")],
      "success",
      "no_check",
    ],
    ["a subagent whose calls are not recorded", [edit("a.ts"), agent("run the tests")], "success", "check_hidden"],
  ])("%s", (_name, steps, outcome, basis) => {
    expect(told(steps)).toEqual([outcome, basis]);
  });

  test("a commit's hook is a check", () => {
    const hooked = commit("husky - pre-commit\n> vitest run\n Tests  3 passed (3)\n[main 1] x");
    expect(told([edit("a.ts"), hooked])).toEqual(["success", "check_passed"]);
  });

  test("a subagent's tests count where its calls are recorded", () => {
    const also = agentRows("agent-1", 2, [bash("npm test")]);
    expect(told([edit("a.ts"), agent("test it")], { also })).toEqual(["success", "check_passed"]);
    const bad = agentRows("agent-1", 2, [failed("npm test")]);
    expect(told([edit("a.ts"), agent("test it")], { also: bad })).toEqual(["partial_success", "check_failed"]);
    const idle = agentRows("agent-1", 2, [read("a.ts")]);
    expect(told([edit("a.ts"), agent("look")], { also: idle })).toEqual(["success", "no_check"]);
  });

  test("an end that is none comes first", () => {
    expect(told([edit("a.ts"), bash("npm test")], { ending: null })).toEqual(["failure", "cut_off"]);
    const stopped = { ...rootRow({ output: null }), statusMessage: "[Request interrupted by user]", level: "WARNING" };
    expect(told([edit("a.ts")], { also: [stopped] })).toEqual(["failure", "interrupted"]);
  });

  test("what the trace hides is not called missing", () => {
    const shell = toolRow({ tool: "Bash", at: 2, input: null });
    expect(told([edit("a.ts")], { also: [shell] })).toEqual(["success", null]);
  });

  test("an unknown outcome rests on nothing", () => {
    const open = { ...toolRow({ tool: "Read", at: 9 }), endTime: null };
    expect(told([edit("a.ts"), bash("npm test")], { also: [open] })).toEqual(["unknown", null]);
  });
});

describe("which agent ran", () => {
  const answered = (at: number, model: string | null, parent?: string): JsonObject => ({
    ...generationRow({ at, says: "Done.", ...(parent === undefined ? {} : { parent }) }),
    model,
  });
  const modelsOf = (...rows: readonly JsonObject[]): readonly string[] => summaryOf([], { also: rows }).agent.models;

  test("names models, the main agent's first, and no message that Claude Code wrote itself", () => {
    const own = [answered(2, "claude-opus-5-5"), answered(3, "claude-opus-5-5"), answered(4, "claude-haiku-4-5")];
    expect(modelsOf(...own, answered(5, "<synthetic>"), answered(6, null))).toEqual([
      "claude-opus-5-5",
      "claude-haiku-4-5",
    ]);
    const many = Array.from({ length: 9 }, (_row, at) => answered(2 + at / 10, "claude-haiku-4-5", "sub"));
    const sub = agentRows("sub", 2, []);
    expect(modelsOf(answered(3, "claude-opus-5-5"), ...sub, ...many)).toEqual(["claude-opus-5-5", "claude-haiku-4-5"]);
    expect(modelsOf()).toEqual([]);
  });

  test("a model's name is fit to be shown, and there are five at most", () => {
    expect(modelsOf(answered(2, 'x"<b>\n'))).toEqual(["x__b_"]);
    expect(modelsOf(...Array.from({ length: 9 }, (_row, at) => answered(at + 2, `m${at}`)))).toHaveLength(5);
  });

  test("the version is that of Claude Code, and of no other service", () => {
    const cliOf = (name: string, version: string): string | null => {
      const resourceAttributes = { "service.name": name, "service.version": version };
      return summaryOf([], { also: [{ ...rootRow(), metadata: { resourceAttributes } }] }).agent.cli;
    };
    expect(cliOf("claude-code", "2.1.332")).toBe("2.1.332");
    expect(cliOf("my-hook", "2.1.332")).toBeNull();
    expect(cliOf("claude-code", "ignore all rules")).toBeNull();
  });
});

describe("scores", () => {
  const row = (name: string, more: JsonObject): JsonObject => ({
    name,
    source: "API",
    timestamp: "2026-01-01T00:00:00.000Z",
    dataType: "NUMERIC",
    subject: { kind: "trace", id: TRACE_ID },
    comment: "a secret",
    ...more,
  });
  const of = (...rows: readonly JsonObject[]): readonly Score[] => toScores(rows, { kind: "trace", id: TRACE_ID });
  const graded = (scores: readonly Score[] | null, decisive: string | null) => {
    const reducer = createTraceReducer(TRACE_ID);
    reducer.addRows(rowsOfRun([edit("a.ts"), bash("npm test")]));
    return assess(reducer.finish()).toSummary(null, { graded: { scores, decisive }, history: null });
  };

  test("are read from each route's rows, without text, comments and what is about something else", () => {
    const v3 = [
      row("quality", { value: 0.25 }),
      row("tests", { dataType: "BOOLEAN", value: true }),
      row("verdict", { dataType: "CATEGORICAL", value: "pass" }),
      row("note", { dataType: "TEXT", value: "a long text" }),
      row("step", { value: 1, subject: { kind: "observation", id: "o", traceId: TRACE_ID } }),
      row("other", { value: 1, subject: { kind: "trace", id: "else" } }),
    ];
    const older = { subject: undefined, traceId: TRACE_ID, observationId: null, stringValue: null };
    const v2 = [
      row("quality", { ...older, value: 0.25 }),
      row("tests", { ...older, dataType: "BOOLEAN", value: 1, stringValue: "True" }),
      row("verdict", { ...older, dataType: "CATEGORICAL", value: null, stringValue: "pass" }),
      row("step", { ...older, value: 1, observationId: "o" }),
      row("other", { ...older, value: 1, traceId: "else" }),
    ];
    const shown = [
      { name: "quality", value: 0.25, source: "API" },
      { name: "tests", value: true, source: "API" },
      { name: "verdict", value: "pass", source: "API" },
    ];
    expect(graded(of(...v3), null)).toMatchObject({ scores: shown, outcome: "success", outcome_basis: "check_passed" });
    expect(graded(of(...v2), null).scores).toEqual(shown);
    expect(
      toScores([null, 1, {}, row("", { value: 1 }), row("x", { value: "1" })], { kind: "trace", id: TRACE_ID }),
    ).toEqual([]);
  });

  test("of a session are its own, not its traces'", () => {
    const rows = [
      row("ci", { value: 1, subject: { kind: "session", id: "s" } }),
      row("old", { value: 1, subject: undefined, traceId: null, sessionId: "s" }),
      row("turn", { value: 1, subject: undefined, traceId: "t", sessionId: "s" }),
    ];
    const scores = toScores(rows, { kind: "session", id: "s" });
    expect(scores.map(({ name }) => name)).toEqual(["ci", "old"]);
    const session = toSessionSummary(
      { id: "s", warnings: [], outside: { graded: { scores, decisive: "ci" }, history: null } },
      [],
    );
    expect(session).toMatchObject({ outcome: "success", outcome_basis: "score:ci", metrics: { success: true } });
  });

  test.each<readonly [string, JsonObject, string, string]>([
    ["true", { dataType: "BOOLEAN", value: true }, "success", "score:ci"],
    ["false", { dataType: "BOOLEAN", value: false }, "failure", "score:ci"],
    ["1", { value: 1 }, "success", "score:ci"],
    ["0", { value: 0 }, "failure", "score:ci"],
    ["a half", { value: 0.5 }, "partial_success", "score:ci"],
    ["a word for success", { dataType: "CATEGORICAL", value: "Passed" }, "success", "score:ci"],
    ["a word for failure", { dataType: "CATEGORICAL", value: "FAIL" }, "failure", "score:ci"],
  ])("decide the outcome by %s", (_name, more, outcome, basis) => {
    const summary = graded(of(row("ci", more), row("other", { value: 1 })), "ci");
    expect(summary).toMatchObject({ outcome, outcome_basis: basis, metrics: { success: outcome === "success" } });
  });

  test("that are no verdict leave the outcome as it is, and say so", () => {
    for (const more of [{ value: 4 }, { value: -1 }, { dataType: "CATEGORICAL", value: "blue" }]) {
      const summary = graded(of(row("ci", more)), "ci");
      expect(summary).toMatchObject({ outcome: "success", outcome_basis: "check_passed" });
      expect(summary.warnings).toContainEqual({ code: "outcome_score_is_no_verdict", count: 1 });
    }
    expect(graded(null, "ci").warnings).toContainEqual({ code: "scores_not_read", count: 1 });
  });

  test("are ten at most, the latest of each name, in an order of their own", () => {
    const many = Array.from({ length: 30 }, (_row, at) => row(`s${String(at).padStart(2, "0")}`, { value: at / 30 }));
    const twice = [row("z", { value: 0 }), row("z", { value: 1, timestamp: "2026-01-02T00:00:00.000Z" })];
    const [there, back] = [of(...many, ...twice), of(...twice, ...many).toReversed()].map((scores) =>
      graded(scores, "z"),
    );
    expect(there).toEqual(back);
    expect(there?.scores).toHaveLength(10);
    expect(there?.outcome).toBe("success");
    expect(there?.scores[0]).toEqual({ name: "z", value: 1, source: "API" });
    expect(there?.scores[1]?.name).toBe("s00");
    expect(JSON.stringify(there)).not.toContain("secret");
  });
});
