import { describe, expect, test } from "vitest";
import { readRecordedTraces, summarizeTrace } from "../support/trace/traces.ts";
import { coverageLetters } from "../support/exporters/compatibility.ts";
import { type Facts, factsOf } from "../support/exporters/facts.ts";

// What really happened in the scripted runs, written down by whoever scripted them and not derived from the code.

const traces = readRecordedTraces();

describe.each(traces)("$name", ({ exporter, scenario, trace }) => {
  const { summary, isHuman, incompleteReason } = summarizeTrace(trace);
  const facts: Facts = factsOf(exporter, scenario);

  test("tells the goal and whether a human set it", () => {
    expect({ goal: summary.goal, isHuman }).toEqual({ goal: facts.goal, isHuman: facts.isHuman });
  });

  test("counts the tools, subagents and tasks that were used", () => {
    expect(summary.tool_usage).toEqual(facts.tools);
    expect(Object.values(summary.tool_usage)).toEqual(Object.values(facts.tools).toSorted((a, b) => b - a));
    expect(summary.subagents).toEqual(facts.subagents);
    expect(summary.tasks).toBe(facts.tasks);
    expect(summary.metrics.tool_calls).toBe(Object.values(facts.tools).reduce((total, count) => total + count, 0));
    expect(summary.metrics.subagent_tool_calls).toBe(facts.subagentCalls);
  });

  test("knows which tasks were completed", () => {
    const statuses = summary.task_durations.map(({ status }) => status);
    expect(statuses).toEqual(facts.areTaskStatesVisible ? Array(facts.tasks ?? 0).fill("completed") : []);
  });

  test("says how the run ended", () => {
    expect(summary.outcome).toBe(facts.outcome);
    expect(summary.completed).toBe(facts.completed);
    expect(incompleteReason === null).toBe(facts.completed);
    const success = facts.outcome === "unknown" ? null : facts.outcome === "success";
    expect(summary.metrics.success).toBe(success);
  });

  test("lists the failures and no others", () => {
    const errors = Object.fromEntries(summary.errors.map(({ tool, kind, count }) => [`${tool ?? "-"} ${kind}`, count]));
    expect(errors).toEqual(facts.errors);
  });

  test("reports the patterns that are there and none that are not", () => {
    expect(summary.notable_patterns).toEqual(expect.arrayContaining([...facts.must]));
    const allowed = new Set([...facts.must, ...facts.may]);
    expect(summary.notable_patterns.filter((id) => !allowed.has(id))).toEqual([]);
  });

  test("proves each pattern by observations of the trace", () => {
    const ids = new Set(trace.observations.map(({ id }) => id));
    for (const { id, observations } of summary.patterns) {
      expect(observations.length, `evidence of ${id}`).toBeGreaterThan(0);
      expect(observations.filter((one) => !ids.has(one))).toEqual([]);
    }
  });

  test("says how far it can be trusted", () => {
    expect(coverageLetters(summary.coverage)).toMatch(new RegExp(`^${facts.coverage}$`, "u"));
    expect(summary.duration_ms === null).toBe(facts.coverage[1] === "-");
  });

  test("takes the turn's own time, not the export's", () => {
    if (facts.coverage[1] === "-") return expect(summary.duration_ms).toBeNull();
    const [least, most] = facts.duration ?? [0, 0];
    expect(summary.duration_ms).toBeGreaterThanOrEqual(least);
    expect(summary.duration_ms).toBeLessThanOrEqual(most);
  });
});

test("the repeated file of the long run is the one that was read three times before its edit", () => {
  const found = traces.flatMap(({ trace }) =>
    summarizeTrace(trace).summary.patterns.filter(({ id }) => id === "repeated_file_reads"),
  );
  expect(found.length).toBeGreaterThan(3);
  for (const { detail, observations } of found) {
    expect(detail).toMatch(/^src\/calc\.js read 3 times/u);
    expect(observations).toHaveLength(3);
  }
});

test("a turn that started from a notification never has a human goal, whoever exported it", () => {
  const noticed = traces.filter(({ scenario }) => /^bgagent\.[23]$/u.test(scenario));
  expect(noticed.map(({ exporter }) => exporter)).toEqual([
    "docs-hook",
    "docs-hook",
    "native-otel",
    "native-otel",
    "official-plugin-v1",
    "official-plugin-v1",
  ]);
  for (const { trace } of noticed) expect(summarizeTrace(trace).isHuman).toBe(false);
});
