import { describe, expect, test } from "vitest";
import { FetchTraceOutput } from "../../mcp-server/src/tools/fetch-answer.ts";
import { createLongTrace } from "../support/langfuse/recordings.ts";
import type { LegacyTrace } from "../support/langfuse/stand-in.ts";
import { withLangfuse } from "../support/mcp/client.ts";
import { mapTexts, moveTrace, otherTrace, readFixture, smallTurn } from "../support/langfuse/traces.ts";

const plugin = readFixture("official-plugin-v1-cleantranscript/rich-default");
const native = readFixture("native-otel/rich-content");

describe("the answer", () => {
  test("of a sample of 50 big traces stays below 40,000 characters and counts patterns", async () => {
    const loud = (at: number): LegacyTrace => {
      const trace = moveTrace(native, `${at}`.padStart(32, "0"), 3600 + at * 60);
      const text = (value: string, key: string): string =>
        key === "user_prompt"
          ? `${value} ${"goal ".repeat(60)}`
          : key === "tool_name"
            ? `mcp__${value}__${"x".repeat(90)}${at}`
            : value;
      const names = trace.observations.map((one) => ({ ...one, metadata: mapTexts(one.metadata, text) }));
      return { ...trace, observations: names };
    };
    const traces = Array.from({ length: 50 }, (_, at) => loud(at));
    await withLangfuse({ traces }, async ({ server, langfuse }) => {
      const answer = await server.call("fetch_trace", { selector: "sample:50" });
      expect(answer.text).toBe("");
      expect(JSON.stringify(answer.data).length).toBeLessThan(40_000);
      const { summaries, sample, source } = FetchTraceOutput.parse(answer.data);
      expect(sample).toMatchObject({ requested: 50, returned: 50, note: null });
      expect(source.population).toBe(50);
      expect(summaries).toHaveLength(50);
      expect(Object.keys(summaries[0] ?? {})).toEqual([
        "trace_id",
        "goal",
        "duration_ms",
        "tasks",
        "subagents",
        "tool_usage",
        "notable_patterns",
        "outcome",
        "outcome_basis",
        "completed",
        "metrics",
        "coverage",
      ]);
      const counted = Object.entries(sample?.pattern_counts ?? {});
      for (const [pattern, count] of counted)
        expect(summaries.filter(({ notable_patterns }) => notable_patterns.includes(pattern))).toHaveLength(count);
      expect(langfuse.maxConcurrent).toBeLessThanOrEqual(4);
    });
  });

  test("of up to four traces has whole summaries, and notes when there were fewer than asked for", async () => {
    const traces = [1, 2, 3].map((at) => moveTrace(plugin, `trace-${at}`, at * 600));
    await withLangfuse({ traces: [...traces, otherTrace("other", 700)] }, async ({ server }) => {
      const { sample, source, summaries, skipped } = await server.fetch("sample:4");
      expect(sample).toMatchObject({ requested: 4, returned: 3, note: expect.stringContaining("Only 3 of the 4") });
      expect(source.population).toBe(3);
      expect(summaries.map((summary) => "schema_version" in summary)).toEqual([true, true, true]);
      expect(summaries.map(({ trace_id }) => trace_id).toSorted()).toEqual(["trace-1", "trace-2", "trace-3"]);
      expect(skipped).toEqual([]);
      const { from = "", to = "" } = source.window ?? {};
      expect(Date.parse(to) - Date.parse(from)).toBe(30 * 86_400_000);
    });
  });

  test("of a sample is heralded by progress that rises to what was asked for", async () => {
    const traces = Array.from({ length: 9 }, (_, at) => smallTurn(`turn-${at}`, 600 + at));
    await withLangfuse({ traces }, async ({ server }) => {
      await server.fetch("sample:9");
      const steps = server.progress.map(({ progress }) => progress);
      expect(steps.length).toBeGreaterThanOrEqual(3);
      expect(steps).toEqual(steps.toSorted((left, right) => left - right));
      expect(server.progress.at(-1)).toMatchObject({ progress: 9, total: 9 });
    });
  });

  test("of a huge trace stays small", async () => {
    const long = moveTrace(createLongTrace("long", 5000), "long", 600);
    for (const generation of ["v3", "v4-events-only"] as const) {
      await withLangfuse({ generation, traces: [long] }, async ({ server }) => {
        expect((await server.write("long")).bytes).toBeLessThan(8000);
      });
    }
  });
});
