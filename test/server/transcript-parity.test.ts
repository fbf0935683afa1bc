import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Summary } from "../../mcp-server/src/core/schema.ts";
import { installSession, type Scenario, withoutKeys } from "../support/transcripts.ts";

describe("the same session through Langfuse's plugin and through its transcript", () => {
  type Comparable = ReturnType<typeof comparable>;
  /** Where the summaries differ: what the exporter loses or puts together; docs/decisions/transcripts.md explains each. */
  const differences: Partial<Record<string, (exported: Comparable) => Partial<Comparable>>> = {
    apierror: () => ({
      notable_patterns: ["api_error_retries"],
      patterns: [
        { id: "api_error_retries", severity: "low", count: 2, detail: "2 failed or repeated requests to the model" },
      ],
    }),
    // The two turns that the agents' notifications began are traces of their own.
    bgagent: ({ hierarchy }) => ({ hierarchy: hierarchy.replace('"generation","count":4', '"generation","count":2') }),
  };
  test.each<readonly [string, Scenario, number]>([
    ["apierror", "apierror", 1],
    ["bgagent", "bgagent", 1],
    ["denied", "denied", 1],
    ["interrupted", "interrupted", 1],
    ["multiturn.1", "multiturn", 1],
    ["multiturn.2", "multiturn", 2],
    ["rich-default", "rich-default", 1],
    ["todo", "todo", 1],
  ])("%s: equal field by field but for ids, times and what the exporter loses", async (name, scenario, turn) => {
    await withoutKeys({}, async ({ home, project, start }) => {
      const { sessionId } = installSession(scenario, { home, project, secondsAgo: 3600 });
      const answer = await (await start()).fetch(`${sessionId}-${turn}`);
      const expected = new URL(
        `../fixtures/summaries/official-plugin-v1-cleantranscript/${name}.json`,
        import.meta.url,
      );
      const exported = Summary.parse(JSON.parse(readFileSync(expected, "utf8")));
      const whole = answer.summaries.map((summary) => Summary.parse(summary));
      // A transcript flags each failure, where the exporter leaves it to the text.
      const coverage = { ...exported.coverage, errors: "recorded" };
      expect(whole.map(comparable)).toEqual([
        { ...comparable(exported), coverage, ...differences[name]?.(comparable(exported)) },
      ]);
    });
  });
});

/** A summary without what no two runs have in common: ids and times. */
function comparable({ hierarchy, patterns, task_durations, ...rest }: Summary) {
  const { trace_id: _id, session_id: _session, started_at: _start, duration_ms, ...facts } = rest;
  return {
    ...facts,
    isTimed: duration_ms !== null,
    patterns: patterns.map(({ observations: _ids, ...pattern }) => pattern),
    task_durations: task_durations.map(({ duration_ms, ...task }) => ({ ...task, isTimed: duration_ms !== null })),
    hierarchy: JSON.stringify(hierarchy, (key, value: unknown) => (key === "duration_ms" ? undefined : value)),
  };
}
