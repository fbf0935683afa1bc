import type { SummaryFacts } from "../evidence/summary-facts.ts";

/** What a comparison reads of a Trace Audit Summary; a null was not recorded. */
export type Run = {
  readonly traceId: string;
  /** ISO 8601. */
  readonly startedAt: string | null;
  readonly sessionId: string | null;
  readonly kind: Kind;
  readonly outcome: string | null;
  readonly patterns: readonly string[];
  readonly planFirst: boolean | null;
  readonly callsPerTask: number | null;
  readonly success: boolean | null;
};

/** Only runs of one kind are compared: those with a task list of their own, and those without. */
export const KINDS = ["task_list", "no_task_list"] as const;
export type Kind = (typeof KINDS)[number];

/** What a comparison takes of a run's summary. */
export function toRun(summary: SummaryFacts): Run {
  const { metrics } = summary;
  const calls = metrics["tool_calls_per_task"];
  return {
    traceId: summary.trace_id,
    startedAt: summary.started_at,
    sessionId: summary.session_id,
    // A null is a task list whose length is hidden.
    kind: summary.tasks === 0 ? "no_task_list" : "task_list",
    outcome: summary.outcome,
    patterns: summary.notable_patterns,
    planFirst: toFlag(metrics["plan_before_first_tool"]),
    callsPerTask: typeof calls === "number" && Number.isFinite(calls) && calls >= 0 ? calls : null,
    success: toFlag(metrics["success"]),
  };
}

function toFlag(value: unknown): boolean | null {
  return typeof value === "boolean" ? value : null;
}
