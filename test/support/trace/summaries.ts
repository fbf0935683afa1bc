import fc from "fast-check";
import { GRADES } from "../../../mcp-server/src/trace/values/vocabulary.ts";
import { toName } from "../../../mcp-server/src/trace/values/names.ts";
import { OUTCOMES } from "../../../mcp-server/src/trace/values/vocabulary.ts";
import { PATTERNS } from "../../../mcp-server/src/trace/patterns/all.ts";
import type { Summary } from "../../../mcp-server/src/trace/summary/schema.ts";
import { limitToolUsage } from "../../../mcp-server/src/trace/summary/tool-usage.ts";

const count = fc.nat(1_000_000);
const millis = fc.option(fc.nat(100_000_000));
const name = fc
  .oneof(
    fc.constantFrom("read", "bash", "other", "__proto__", "mcp__a-very-long-server-name__with-a-very-long-tool-name"),
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 100 }),
    fc.nat(60).map((at) => `mcp__one-server-with-many-tools__${"x".repeat(60)}${at}`),
  )
  .map((written) => toName(written));
const grade = fc.constantFrom(...GRADES);

const EMPTY_TABLE = {
  outcome_basis: "no_check",
  schema_version: 2,
  agent: { cli: null, models: [] },
  scores: [],
  scope: "turn",
  turns: [],
  turns_folded: 0,
  recurring: [],
} satisfies Partial<Summary>;

const EMPTY_RUN = {
  started_at: null,
  session_id: null,
  session: null,
  task_durations: [],
  hierarchy: [],
  phases: [],
  errors: [],
  patterns: [],
} satisfies Partial<Summary>;

/** Any summary that the schema admits, as large as a trace can make it. */
export const anySummary: fc.Arbitrary<Summary> = fc
  .record({
    trace_id: fc.oneof(
      fc.uuid(),
      fc.nat(255).map((length) => "t".repeat(length + 1)),
      fc.constant(`"\\`.repeat(120)),
    ),
    goal: fc.option(fc.string({ unit: "grapheme", maxLength: 200 }).map((text) => toName(text, 200))),
    duration_ms: millis,
    tasks: fc.option(count),
    subagents: fc.array(name, { maxLength: 20 }),
    tools: fc.array(fc.tuple(name, count), { maxLength: 41 }),
    notable_patterns: fc.subarray(PATTERNS.map(({ id }) => id)),
    outcome: fc.constantFrom(...OUTCOMES),
    completed: fc.boolean(),
    metrics: fc.record({
      tool_calls: count,
      tool_calls_per_task: fc.option(fc.nat(10_000_000).map((hundredths) => hundredths / 100)),
      plan_before_first_tool: fc.option(fc.boolean()),
      success: fc.option(fc.boolean()),
      error_calls: count,
      subagent_tool_calls: fc.option(count),
    }),
    coverage: fc.record({
      goal: grade,
      timing: grade,
      order: grade,
      targets: grade,
      errors: grade,
      subagents: grade,
      tasks: grade,
    }),
  })
  .map(({ tools, trace_id, goal, duration_ms, tasks, subagents, notable_patterns, outcome, completed, ...rest }) => ({
    trace_id,
    goal,
    duration_ms,
    tasks,
    subagents,
    tool_usage: limitToolUsage([...new Map(tools.filter(([tool]) => tool !== "__proto__"))], 40),
    notable_patterns,
    outcome,
    ...EMPTY_TABLE,
    completed,
    ...EMPTY_RUN,
    ...rest,
    warnings: [],
  }));

/** A summary in which every part is as long as it gets; the ids are those of a project that makes its own. */
export function fullSummary(at: number): Summary {
  const names = (count: number): string[] =>
    Array.from({ length: count }, (_name, index) => `mcp__one-server-with-many-tools__${"x".repeat(55)}${index + 100}`);
  return {
    trace_id: `${at}`.padStart(64, "0"),
    goal: '"'.repeat(200),
    duration_ms: 86_400_000,
    tasks: 1000,
    subagents: names(20),
    tool_usage: Object.fromEntries(names(40).map((tool) => [tool, 100_000])),
    notable_patterns: PATTERNS.map(({ id }) => id),
    outcome: "partial_success",
    ...EMPTY_TABLE,
    completed: false,
    ...EMPTY_RUN,
    metrics: {
      tool_calls: 4_000_000,
      tool_calls_per_task: 4000.25,
      plan_before_first_tool: false,
      success: false,
      error_calls: 1_000_000,
      subagent_tool_calls: 1_000_000,
    },
    coverage: {
      goal: "not_recorded",
      timing: "not_recorded",
      order: "not_recorded",
      targets: "not_recorded",
      errors: "not_recorded",
      subagents: "not_recorded",
      tasks: "not_recorded",
    },
    warnings: [],
  };
}
