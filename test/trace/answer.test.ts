import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toEntries } from "../../mcp-server/src/tools/fetch-answer.ts";
import { Summary, SummaryEntry } from "../../mcp-server/src/trace/summary/schema.ts";
import { anySummary, fullSummary } from "../support/trace/summaries.ts";
import { readRecordedTraces, summarizeTrace } from "../support/trace/traces.ts";

const traces = readRecordedTraces();
const minute = 60_000;

describe("an answer with many summaries", () => {
  const envelope = 6000;

  test(
    "stays below 40,000 characters and gives every trace the same keys",
    () => {
      fc.assert(
        fc.property(fc.array(anySummary, { minLength: 1, maxLength: 50 }), (summaries) => {
          const entries = toEntries(summaries, envelope);
          expect(envelope + JSON.stringify(entries).length).toBeLessThan(40_000);
          expect(entries.map((entry) => entry.trace_id)).toEqual(summaries.map((summary) => summary.trace_id));
          const keys = new Set(entries.map((entry) => Object.keys(entry).join()));
          expect(keys.size).toBe(1);
          const schema = summaries.length > 4 ? SummaryEntry : SummaryEntry.or(Summary);
          for (const [at, entry] of entries.entries()) {
            expect(schema.safeParse(entry).error).toBeUndefined();
            const calls = (usage: Readonly<Record<string, number>>): number =>
              Object.values(usage).reduce((total, count) => total + count, 0);
            expect(calls(entry.tool_usage)).toBe(calls(summaries[at]?.tool_usage ?? {}));
          }
        }),
        { numRuns: 200 },
      );
    },
    minute,
  );

  test("stays below it with the fullest summaries that 50 traces can give", () => {
    const summaries = Array.from({ length: 50 }, (_summary, at) => fullSummary(at));
    const entries = toEntries(summaries, envelope);
    expect(envelope + JSON.stringify(entries).length).toBeLessThan(40_000);
    expect(entries[49]?.trace_id).toBe(summaries[49]?.trace_id);
    expect(entries[49]?.notable_patterns).not.toEqual([]);
  });

  test("counts tools together whose names are equal once they are cut", () => {
    const summaries = Array.from({ length: 50 }, (_summary, at) => fullSummary(at));
    const [entry] = toEntries(summaries, envelope);
    const total = Object.values(summaries[0]?.tool_usage ?? {}).reduce((sum, count) => sum + count, 0);
    expect(Object.values(entry?.tool_usage ?? {}).reduce((sum, count) => sum + count, 0)).toBe(total);
  });

  test("shows up to four traces whole", () => {
    const summaries = traces.slice(0, 4).map(({ trace }) => summarizeTrace(trace).summary);
    expect(toEntries(summaries, envelope)).toEqual(summaries);
    const fifth = traces.slice(0, 5).map(({ trace }) => summarizeTrace(trace).summary);
    expect(Object.keys(toEntries(fifth, envelope)[0] ?? {})).toEqual(Object.keys(SummaryEntry.shape));
  });
});
