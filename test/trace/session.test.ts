import { describe, expect, test } from "vitest";
import { createTraceReducer } from "../../mcp-server/src/trace/rows/reducer.ts";
import {
  toEarlierTurn,
  toEarlierTurns,
  UNREAD,
  type EarlierTurns,
} from "../../mcp-server/src/trace/run/earlier-turns.ts";
import { toSessionSummary } from "../../mcp-server/src/trace/summary/session-summary.ts";
import { assess } from "../../mcp-server/src/trace/summary/summary.ts";
import { TRACE_ID } from "../support/trace/rows.ts";
import { bash, edit, failedEdit, read, rowsOfRun, type Run, type Step, type Steps } from "../support/trace/steps.ts";

const factsOf = (steps: Steps, run: Run = {}) => {
  const reducer = createTraceReducer(TRACE_ID);
  reducer.addRows(rowsOfRun(steps, run));
  return reducer.finish();
};

/** What earlier turns leave in memory, one list of steps each. */
const remember = (turns: readonly Steps[], isWhole = true, run: Run = {}): EarlierTurns => ({
  turns: turns.flatMap((steps) => toEarlierTurn(factsOf(steps, run)) ?? []),
  isWhole,
});

const severityOf = (id: string, steps: Steps, memory: EarlierTurns | null, run: Run = {}): string | null =>
  assess(factsOf(steps, run))
    .toSummary(memory)
    .patterns.find((pattern) => pattern.id === id)?.severity ?? null;

const fix = [read("src/a.ts"), edit("src/a.ts")];
const none = remember([]);

describe("edit_without_read", () => {
  const refused = failedEdit("src/a.ts", "File has not been read yet. Read it first before writing to it.");
  const id = "edit_without_read";

  test("is low from the first refused edit of a file that was never looked at", () => {
    expect(severityOf(id, [refused], none)).toBe("low");
  });

  test.each<readonly [string, Steps]>([
    ["was not refused", [edit("src/a.ts")]],
    ["was refused for another reason", [read("src/b.ts"), failedEdit("src/a.ts")]],
    [
      "was refused because the file changed",
      [failedEdit("src/a.ts", "File has been modified since read, either by …")],
    ],
    ["follows a look by the shell", [bash("cat src/a.ts"), refused]],
    ["follows a read of the file before it was moved", [read("old/a.ts"), bash("git mv old src"), refused]],
  ])("is quiet about an edit that %s", (_why, steps) => {
    expect(severityOf(id, steps, none)).toBeNull();
  });

  test("is quiet about a file that an earlier turn read or wrote", () => {
    expect(severityOf(id, [refused], remember([[read("src/a.ts")]]))).toBeNull();
    expect(severityOf(id, [refused], remember([fix, [bash("ls")]]))).toBeNull();
    expect(severityOf(id, [refused], remember([[read("src/b.ts")]]))).toBe("low");
  });

  test("is not decided when earlier turns were not read, or the session is not known", () => {
    expect(severityOf(id, [refused], remember([[read("src/b.ts")]], false))).toBeNull();
    expect(severityOf(id, [refused], UNREAD)).toBeNull();
    expect(severityOf(id, [refused], null)).toBeNull();
  });
});

describe("correction_loop", () => {
  const id = "correction_loop";
  const three = [fix, fix, fix];
  const faulty: Run = { prompt: "It still fails." };
  const rememberFaults = (turns: readonly Steps[], isWhole = true) => remember(turns, isWhole, faulty);

  test("is medium at four turns that change the same code, quiet at three and for a trace without a session", () => {
    expect(severityOf(id, fix, rememberFaults(three))).toBe("medium");
    expect(severityOf(id, fix, rememberFaults([fix, fix]))).toBeNull();
    expect(severityOf(id, fix, null)).toBeNull();
  });

  test("is quiet about one small wish after another", () => {
    expect(severityOf(id, fix, remember(three))).toBeNull();
    expect(severityOf(id, fix, rememberFaults(three), { prompt: "Thanks! Now make it blue." })).toBe("medium");
  });

  test("holds although turns before them were not read", () => {
    expect(severityOf(id, fix, rememberFaults(three, false))).toBe("medium");
  });

  test("is shown by the edits, and not by programs that may have changed anything", () => {
    const { patterns } = assess(factsOf([...fix, bash("node a.js")])).toSummary(rememberFaults(three));
    const found = patterns.find((pattern) => pattern.id === id);
    expect(found?.observations).toEqual(["root-tool-2"]);
  });

  test.each<readonly [string, readonly Steps[], Steps]>([
    ["one of them changed more", [fix, [...fix, edit("src/b.ts")], fix], fix],
    ["one of them changed nothing", [fix, fix, [read("src/a.ts")]], fix],
    ["this one changed nothing", three, [read("src/a.ts")]],
    ["only documents changed", three.map(() => [edit("docs/plan.md")]), [edit("docs/plan.md")]],
    ["one of them hides what it was aimed at", [fix, [...fix, hidden(edit("src/c.ts"))], fix], fix],
  ])("is quiet when %s", (_why, earlier, steps) => {
    expect(severityOf(id, steps, rememberFaults(earlier))).toBeNull();
  });

  test("counts turns that a human began, this one included", () => {
    const notification = { ...rememberFaults([fix]).turns[0], isHuman: false };
    const memory = rememberFaults(three);
    const turns = [...memory.turns.slice(0, 2), ...memory.turns.slice(2).map((turn) => ({ ...turn, ...notification }))];
    expect(severityOf(id, fix, { ...memory, turns })).toBeNull();
  });
});

describe("the summary of a whole session", () => {
  const refused = failedEdit("src/a.ts", "File has not been read yet. Read it first before writing to it.");
  const talk: Steps = [];
  const summaryOf = (turns: readonly Steps[], warnings: readonly { code: string; count: number }[] = []) => {
    const given = turns.map((steps, at) => {
      const traceId = `turn-${String(at).padStart(2, "0")}`;
      const reducer = createTraceReducer(traceId);
      reducer.addRows(rowsOfRun(steps, { prompt: "It still fails." }).map((row) => ({ ...row, traceId })));
      return assess(reducer.finish()).toSessionTurn();
    });
    return toSessionSummary({ id: "session", warnings }, given.toReversed());
  };
  const patternsOf = (...given: Parameters<typeof summaryOf>) => {
    const { patterns, notable_patterns } = summaryOf(...given);
    expect(notable_patterns).toEqual(patterns.map(({ id }) => id));
    return patterns.map(({ id, severity, count, detail }) => [id, severity, count, detail.split(":")[0]]);
  };

  test("correction_loop: once for a loop, with all of its turns", () => {
    const found = ["correction_loop", "medium"];
    expect(patternsOf([fix, fix, fix])).toEqual([]);
    expect(patternsOf([fix, fix, fix, fix])).toEqual([[...found, 4, "turn 4"]]);
    expect(patternsOf([talk, fix, fix, fix, fix, fix, fix, talk])).toEqual([[...found, 6, "turn 7"]]);
    expect(patternsOf([fix, fix, [edit("src/b.ts")], fix, fix])).toEqual([]);
    const twice = [fix, fix, fix, fix, talk, fix, fix, fix, fix];
    expect(patternsOf(twice)).toEqual([[...found, 8, "in turns 4, 9; turn 4"]]);
  });

  test("an edit that a later turn takes back recurs", () => {
    const recurringOf = (turns: readonly Steps[]) =>
      summaryOf(turns).recurring.filter(({ kind }) => kind === "edit_undone");
    const there = edit("src/a.ts", "one", "two");
    const back = edit("src/a.ts", "two", "one");
    expect(recurringOf([[there], talk, [back]])).toEqual([{ kind: "edit_undone", what: "a.ts", turns: [1, 3] }]);
    expect(recurringOf([[there, back], talk])).toEqual([]);
    expect(recurringOf([[there], [there]])).toEqual([]);
    expect(recurringOf([[there], [edit("src/b.ts", "two", "one")]])).toEqual([]);
  });

  test("names what a commit was given and no turn edited, where all of the session is known", () => {
    const notesOf = (...given: Parameters<typeof summaryOf>) => summaryOf(...given).turns.map(({ git = [] }) => git);
    const commit = bash("git add src/a.ts src/foreign.ts src && git commit -m x", "[main 1] x");
    const note = "git add of src/foreign.ts, which no turn edited";
    expect(notesOf([[edit("src/a.ts")], [commit]])).toEqual([[], [note]]);
    expect(notesOf([[edit("src/a.ts"), edit("src/foreign.ts")], [commit]])).toEqual([[], []]);
    expect(notesOf([[edit("src/a.ts"), bash("mv src/b.ts src/foreign.ts")], [commit]])).toEqual([[], []]);
    expect(notesOf([[edit("src/a.ts")], [commit]], [{ code: "session_cut", count: 1 }])).toEqual([[], []]);
    const failed = bash("git add src/foreign.ts && git commit -m x", "Exit code 1\nnothing to commit");
    expect(notesOf([[failed], talk])).toEqual([[], []]);
  });

  test("edit_without_read: not for a file that an earlier turn read, and not where turns are missing", () => {
    expect(patternsOf([talk, [refused]])).toEqual([["edit_without_read", "low", 1, "turn 2"]]);
    expect(patternsOf([[read("src/a.ts")], talk, [refused]])).toEqual([]);
    expect(patternsOf([[refused], [read("src/a.ts")]])).toEqual([["edit_without_read", "low", 1, "turn 1"]]);
    for (const code of ["session_cut", "turn_not_read"])
      expect(patternsOf([talk, [refused]], [{ code, count: 1 }])).toEqual([]);
  });
});

describe("the memory of a session", () => {
  test("holds what started before the trace, oldest first", () => {
    const turn = toEarlierTurn(factsOf(fix));
    expect(turn).not.toBeNull();
    if (turn === null) return;
    const at = (traceId: string, startedAt: number) => ({ ...turn, traceId, startedAt });
    const { turns } = toEarlierTurns(
      [at("later", 30), at("b", 10), at("same time", 20), at("a", 10), at("c", 5)],
      20,
      true,
    );
    expect(turns.map(({ traceId }) => traceId)).toEqual(["c", "a", "b"]);
  });

  test("has nothing of a trace without a time", () => {
    const reducer = createTraceReducer(TRACE_ID);
    reducer.addRows(rowsOfRun(fix).map((row) => ({ ...row, startTime: null, endTime: null })));
    expect(toEarlierTurn(reducer.finish())).toBeNull();
  });
});

function hidden(step: Step): Step {
  return { ...step, input: null };
}
