import type { Grade, Outcome } from "../values/vocabulary.ts";
import type { TaskList } from "./tasks.ts";
import type { Timeline } from "../timeline/timeline.ts";

export type Metrics = {
  readonly tool_calls: number;
  readonly tool_calls_per_task: number | null;
  readonly plan_before_first_tool: boolean | null;
  readonly success: boolean | null;
  readonly error_calls: number;
  readonly subagent_tool_calls: number | null;
};

/** The numbers that audits compare. A null was not recorded; it never stands for zero. */
export function toMetrics(timeline: Timeline, tasks: TaskList, outcome: Outcome, subagents: Grade): Metrics {
  const { calls } = timeline;
  const bySubagents = calls.length - timeline.mainCalls.length;
  return {
    tool_calls: calls.length,
    tool_calls_per_task:
      tasks.count === null ? null : Math.round((calls.length / Math.max(1, tasks.count)) * 100) / 100,
    plan_before_first_tool: toPlanFirst(timeline),
    success: outcome === "unknown" ? null : outcome === "success",
    error_calls: calls.filter(({ error }) => error !== null).length,
    subagent_tool_calls:
      subagents === "partial" || subagents === "not_recorded" ? (bySubagents > 0 ? bySubagents : null) : bySubagents,
  };
}

/**
 * Whether a plan tool or a PLAN section in the main agent's text came before its first other tool call. Null when the
 * order or the text is not recorded, and when no tool was called.
 */
function toPlanFirst({ calls, generations, isOrderKnown }: Timeline): boolean | null {
  if (!isOrderKnown) return null;
  const first = calls.find(({ actor }) => actor === "main");
  if (first === undefined) return null;
  if (first.op === "plan") return true;
  const said = generations.filter(({ actor, batch }) => actor === "main" && batch <= first.batch);
  if (said.some(({ hasPlan }) => hasPlan)) return true;
  return said.length > 0 && said.every(({ hasText }) => hasText !== null) ? false : null;
}
