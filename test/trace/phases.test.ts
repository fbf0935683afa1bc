import { describe, expect, test } from "vitest";
import type { Phase } from "../../mcp-server/src/trace/summary/schema.ts";
import {
  agent,
  agentRows,
  bash,
  edit,
  failed,
  grep,
  plan,
  read,
  summaryOf,
  times,
  type Step,
  type Steps,
} from "../support/trace/steps.ts";
import { readRecordedTraces, summarizeTrace } from "../support/trace/traces.ts";

const update: Step = { tool: "TaskUpdate", input: { taskId: "1", status: "in_progress" } };
const tests = bash("npm test");
const reads = (count: number, folder = "src"): Step[] => times(count, (at) => read(`${folder}/${at}.ts`));
const edits = (count: number): Step[] => times(count, (at) => edit(`src/${at}.ts`, `a${at}`, `b${at}`));

const callsOf = (steps: Steps): Phase["calls"][] => summaryOf(steps).phases.map(({ calls }) => calls);
const sum = ({ calls }: Phase): number => Object.values(calls).reduce((total, count) => total + count, 0);

describe("the phases of a run", () => {
  test("are the main agent's calls in order, one phase for each run of calls that do the same", () => {
    const steps = [plan, ...reads(2), grep("x"), edit("a.ts"), tests, bash("npx tsc"), bash("node a.js"), agent("x")];
    expect(callsOf(steps)).toEqual([
      { plan: 1 },
      { explore: 3 },
      { edit: 1 },
      { check: 2 },
      { run: 1 },
      { delegate: 1 },
    ]);
    expect(callsOf([{ tool: "mcp__db__query" }, { tool: "Strange" }])).toEqual([{ other: 2 }]);
  });

  test("take keeping a task list along with the work around it", () => {
    expect(callsOf([update, ...reads(2), update, read("z.ts"), edit("a.ts"), update])).toEqual([
      { explore: 3, upkeep: 2 },
      { edit: 1, upkeep: 1 },
    ]);
    expect(callsOf([update])).toEqual([{ upkeep: 1 }]);
  });

  test("begin and end with their calls, counted from the start of the run; the time between is the model's", () => {
    const { phases, duration_ms } = summaryOf([read("a.ts"), { ...read("b.ts"), takes: 0.75 }, edit("a.ts")]);
    expect(duration_ms).toBe(5000);
    expect(phases.map(({ start_ms, duration_ms: length }) => [start_ms, length])).toEqual([
      [1000, 1750],
      [3000, 500],
    ]);
  });

  test("count failed calls, and name the patterns whose evidence lies in them, the most severe first", () => {
    const look = [read("a.ts"), grep("x"), read("a.ts"), read("b.ts"), grep("x"), read("a.ts"), grep("x")];
    const { phases } = summaryOf([...look, edit("c.ts"), failed("npm test"), failed("npm test"), bash("ls")]);
    expect(phases.map(({ error_calls }) => error_calls)).toEqual([0, 0, 2, 0]);
    expect(phases.map(({ patterns }) => patterns)).toEqual([["repeated_file_reads", "search_churn"], [], [], []]);
  });

  test("know all of a pattern's evidence, not only the first five observations that the summary shows", () => {
    const steps = [1, 2, 3, 4, 5, 6].flatMap((at) => [read("a.ts"), agent(`look ${at}`)]);
    const { phases, patterns } = summaryOf(steps);
    const { observations } = patterns.find(({ id }) => id === "repeated_file_reads") ?? { observations: [] };
    expect(observations).toHaveLength(5);
    const marked = phases.filter(({ patterns }) => patterns.includes("repeated_file_reads"));
    expect(marked).toHaveLength(6);
  });

  test("leave a subagent's calls and its patterns to the phase of nobody", () => {
    const also = agentRows("sub", 2, [read("a.ts"), read("a.ts"), read("a.ts")]);
    const { phases, notable_patterns } = summaryOf([read("b.ts"), agent("look"), edit("c.ts")], { also });
    expect(notable_patterns).toContain("repeated_file_reads");
    expect(phases.map(({ calls }) => calls)).toEqual([{ explore: 1 }, { delegate: 1 }, { edit: 1 }]);
    expect(phases.flatMap(({ patterns }) => patterns)).not.toContain("repeated_file_reads");
  });
});

describe("more phases than a picture shows", () => {
  test("are joined where the fewest calls lose their name: a to and fro becomes one, a long look around stays", () => {
    const toAndFro = edits(12).flatMap((one) => [one, tests]);
    const phases = callsOf([...reads(20), ...toAndFro, ...reads(15, "lib")]);
    expect(phases).toHaveLength(12);
    expect(phases[0]).toEqual({ explore: 20 });
    expect(phases.at(-1)).toEqual({ explore: 15 });
    expect(phases.slice(1, -1).every(({ edit = 0, check = 0, explore = 0 }) => edit + check > 0 && explore === 0)).toBe(
      true,
    );
  });

  test("keep a short look around between two of them, and do not count a task list's upkeep as work", () => {
    const toAndFro = edits(12).flatMap((one) => [one, tests]);
    const looks = callsOf([...toAndFro, ...reads(3), ...toAndFro, ...reads(3, "lib"), ...toAndFro]);
    expect(looks).toHaveLength(12);
    expect(looks.filter(({ explore }) => explore === 3)).toEqual([{ explore: 3 }, { explore: 3 }]);
    const kept = [...edits(1), update, update, update, tests, update, update, update];
    const others = times(11, (at) => (at % 2 === 1 ? read(`src/${at}.ts`) : edit(`src/${at}.ts`)));
    expect(callsOf([...kept, ...others]).slice(0, 3)).toEqual([
      { edit: 1, upkeep: 3 },
      { check: 1, upkeep: 3 },
      { explore: 1, edit: 1 },
    ]);
  });

  test("have the most frequent kind first and lose no call, however many there are", () => {
    const steps = times(3000, (at) => (at % 3 === 0 ? edit("src/a.ts", `a${at}`, `b${at}`) : read(`src/${at % 2}.ts`)));
    const { phases, metrics } = summaryOf(steps);
    expect(phases.length).toBeLessThanOrEqual(12);
    expect(phases.length).toBeGreaterThan(1);
    expect(phases.reduce((total, phase) => total + sum(phase), 0)).toBe(metrics.tool_calls);
    for (const { calls } of phases) {
      const counts = Object.values(calls);
      expect(counts).toEqual(counts.toSorted((left, right) => right - left));
    }
  });

  test("are joined further before a summary that is too large gives up other details", () => {
    const names = (at: number): string => `mcp__one-server-with-many-tools__${"x".repeat(55)}${at}`;
    const work = times(14, (at) => (at % 2 === 0 ? read(`src/${at}.ts`) : bash(`node ${at}.js`)));
    const fitted = Array.from({ length: 20 }, (_run, count) =>
      summaryOf([...work, ...times(count, (at) => ({ tool: names(at) }))]),
    );
    expect(fitted[0]?.phases).toHaveLength(12);
    const shortened = fitted.find(({ phases }) => phases.length < 12);
    expect(shortened?.hierarchy[0]?.children?.length).toBeGreaterThan(25);
    for (const { phases, metrics } of fitted)
      expect(phases.reduce((total, phase) => total + sum(phase), 0)).toBe(metrics.tool_calls);
  });
});

describe("the phases of the recorded runs", () => {
  const summaries = readRecordedTraces().map(({ name, trace }) => ({ name, summary: summarizeTrace(trace).summary }));

  test("are empty exactly where the order of calls is not recorded or there are none", () => {
    for (const { name, summary } of summaries) {
      const own = summary.metrics.tool_calls - (summary.metrics.subagent_tool_calls ?? 0);
      expect([name, summary.phases.length > 0]).toEqual([name, summary.coverage.order !== "not_recorded" && own > 0]);
    }
  });

  test("hold every call of the main agent and every failed one of theirs, and lie within the run", () => {
    const known = summaries.filter(({ summary }) => summary.phases.length > 0);
    expect(known.length).toBeGreaterThan(20);
    for (const { name, summary } of known) {
      const { phases, metrics, duration_ms } = summary;
      const own = metrics.tool_calls - (metrics.subagent_tool_calls ?? 0);
      expect([name, phases.reduce((total, phase) => total + sum(phase), 0)]).toEqual([name, own]);
      const failedCalls = phases.reduce((total, { error_calls }) => total + (error_calls ?? 0), 0);
      expect(failedCalls).toBeLessThanOrEqual(metrics.error_calls);
      const starts = phases.map(({ start_ms }) => start_ms ?? 0);
      expect(starts).toEqual(starts.toSorted((left, right) => left - right));
      for (const { start_ms, duration_ms: length, patterns } of phases) {
        expect([start_ms === null, length === null]).toEqual([duration_ms === null, duration_ms === null]);
        expect((start_ms ?? 0) + (length ?? 0), name).toBeLessThanOrEqual((duration_ms ?? 0) + 1);
        expect(summary.notable_patterns).toEqual(expect.arrayContaining(patterns));
      }
    }
  });
});
