import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createTraceReducer } from "../../mcp-server/src/trace/rows/reducer.ts";
import { toSessionSummary } from "../../mcp-server/src/trace/summary/session-summary.ts";
import {
  idOf,
  toSessionTrace,
  toSessionTurns,
  type SessionTrace,
} from "../../mcp-server/src/trace/summary/session-traces.ts";
import { assess } from "../../mcp-server/src/trace/summary/summary.ts";
import { byteLength, MAX_SUMMARY_BYTES } from "../../mcp-server/src/trace/summary/fit.ts";
import { Summary } from "../../mcp-server/src/trace/summary/schema.ts";
import { formatJson } from "../../mcp-server/src/trace/values/format-json.ts";
import type { LegacyTrace } from "../support/langfuse/store.ts";
import { createRandom, readConstructedTraces, readRecordedTraces, shuffle } from "../support/trace/traces.ts";

const readTurn = (trace: LegacyTrace): SessionTrace => {
  const reducer = createTraceReducer(trace.id);
  reducer.addTrace(trace);
  return toSessionTrace(assess(reducer.finish()));
};
const recorded = readRecordedTraces().map(({ trace }) => readTurn(trace));

/** The trace of another turn: its id, when it began, and how long it took (milliseconds). */
function moved(trace: SessionTrace, id: string, startedAt: number | null, length: number): SessionTrace {
  const turn = { ...trace.turn, startedAt, summary: { ...trace.turn.summary, trace_id: id } };
  return { ...trace, turn, endedAt: startedAt === null ? null : startedAt + length };
}

const anySession = fc.array(
  fc
    .tuple(
      fc.constantFrom(...recorded),
      fc.option(fc.integer({ min: 0, max: 30 }), { freq: 9 }),
      fc.integer({ min: 0, max: 5 }),
    )
    .map(([trace, minute, minutes]) => ({ trace, start: minute === null ? null : minute * 60_000, minutes })),
  { minLength: 1, maxLength: 60 },
);

const summarize = (traces: readonly SessionTrace[]): string => {
  const { turns, leftOut, warnings } = toSessionTurns(traces);
  const summary = toSessionSummary(
    { id: "s1", warnings: [...warnings] },
    turns.map(({ turn }) => turn),
  );
  expect(Summary.parse(summary)).toEqual(summary);
  return formatJson({ summary, leftOut: [...leftOut].toSorted(([a], [b]) => (a < b ? -1 : 1)) });
};

describe("any traces of a session", () => {
  test("give the same bytes in any order, below the limit, each trace once a turn or left out", () => {
    fc.assert(
      fc.property(anySession, fc.nat(), (session, seed) => {
        const traces = session.map(({ trace, start, minutes }, at) => moved(trace, `t${at}`, start, minutes * 60_000));
        const { turns, leftOut } = toSessionTurns(traces);
        expect([...turns.map(idOf), ...leftOut.keys()].toSorted()).toEqual(traces.map(idOf).toSorted());
        const written = summarize(traces);
        expect(summarize(shuffle(traces, createRandom(seed)))).toBe(written);
        expect(
          byteLength(
            formatJson(
              toSessionSummary(
                { id: "s1", warnings: [] },
                turns.map(({ turn }) => turn),
              ),
            ),
          ),
        ).toBeLessThan(MAX_SUMMARY_BYTES);
      }),
      { numRuns: 100 },
    );
  }, 60_000);
});

const hour = 3_600_000;

describe("a turn that is told twice", () => {
  const official = recorded.find(({ exporter, turn }) => exporter === "official-plugin" && turn.isHuman);

  test("counts once, of the exporter that records more, for all turns alike", () => {
    if (official === undefined) throw new Error("no recorded trace of the official plugin");
    const { summary } = official.turn;
    const poor = {
      ...summary,
      coverage: { ...summary.coverage, timing: "not_recorded", order: "not_recorded" },
    } as const;
    const copy: SessionTrace = { ...official, exporter: "other", turn: { ...official.turn, summary: poor } };
    const traces = [0, 1, 2].flatMap((at) => [
      moved(official, `full-${at}`, at * hour, 60_000),
      moved(copy, `poor-${at}`, at * hour + 62_000, 0),
    ]);
    const late = moved(copy, "alone", 5 * hour, 60_000);
    const { turns, leftOut, warnings } = toSessionTurns([...traces, late]);
    expect(turns.map(idOf)).toEqual(["full-0", "full-1", "full-2", "alone"]);
    expect([...leftOut.keys()]).toEqual(["poor-0", "poor-1", "poor-2"]);
    expect(warnings).toEqual([{ code: "session_written_twice", count: 3 }]);
  });

  test("is two turns when the human said the same again, and a subagent's own trace is none", () => {
    if (official === undefined) throw new Error("no recorded trace of the official plugin");
    const again = [moved(official, "a", 0, 30_000), moved(official, "b", 31_000, 30_000)];
    expect(toSessionTurns(again).turns.map(idOf)).toEqual(["a", "b"]);
    const agent = { ...moved(official, "agent", 1000, 2000), traceName: "subagent:Explore" };
    const { turns, warnings } = toSessionTurns([...again, agent]);
    expect(turns.map(idOf)).toEqual(["a", "b"]);
    expect(warnings).toEqual([{ code: "subagent_trace_left_out", count: 1 }]);
  });

  test("is found among traces of the same turns, whichever two exporters wrote them", () => {
    const runs = new Map<string, SessionTrace[]>();
    for (const { exporter, scenario, trace } of [...readRecordedTraces(), ...readConstructedTraces()]) {
      const turn = ["multiturn.1", "multiturn.2"].indexOf(scenario);
      if (turn === -1 || exporter === "litellm-proxy") continue;
      const read = readTurn(trace);
      const length = (read.endedAt ?? 0) - (read.turn.startedAt ?? 0);
      const placed = moved(read, `${exporter} ${turn}`, turn * hour - length, length);
      runs.set(exporter, [...(runs.get(exporter) ?? []), placed]);
    }
    expect(runs.size).toBeGreaterThan(10);
    for (const [first, left] of runs)
      for (const [second, right] of runs) {
        if (first >= second) continue;
        const { turns, warnings } = toSessionTurns([...left, ...right]);
        const exporters = new Set(turns.map(({ exporter }) => exporter));
        expect([turns.length, exporters.size], `${first}, ${second}`).toEqual([2, 1]);
        expect(warnings).toContainEqual({ code: "session_written_twice", count: 2 });
      }
  });
});
