import type { Afterwards } from "../evidence/afterwards.ts";
import type { SummaryFacts } from "../evidence/summary-facts.ts";

/** What a comparison reads of a Trace Audit Summary; a null was not recorded. */
export type Run = {
  readonly traceId: string;
  /** ISO 8601. */
  readonly startedAt: string | null;
  readonly sessionId: string | null;
  readonly kind: Kind;
  /** As the summary has it; runs of one goal are pairs. */
  readonly goal: string | null;
  readonly cli: string | null;
  readonly model: string | null;
  readonly outcome: string | null;
  /** What the outcome rests on; null where the trace does not tell. */
  readonly basis: string | null;
  readonly patterns: readonly string[];
  readonly planFirst: boolean | null;
  readonly callsPerTask: number | null;
  /** Whether a score or a check says so: that nothing is known to have failed is no success. */
  readonly success: boolean | null;
  /** What git knew of its commits when it was audited. It is shown and decides nothing: earlier runs had more time to be reverted. */
  readonly afterwards: Afterwards | null;
};

/** Runs of one kind are compared with each other: those with a task list of their own, and those without. */
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
    goal: summary.goal,
    cli: summary.cli,
    model: summary.model,
    outcome: summary.outcome,
    basis: summary.outcome_basis,
    patterns: summary.notable_patterns,
    planFirst: toFlag(metrics["plan_before_first_tool"]),
    callsPerTask: typeof calls === "number" && Number.isFinite(calls) && calls >= 0 ? calls : null,
    success: toSuccess(summary),
    afterwards: summary.afterwards,
  };
}

function toFlag(value: unknown): boolean | null {
  return typeof value === "boolean" ? value : null;
}

const FAILED: ReadonlySet<string> = new Set(["check_failed", "interrupted", "api_error", "cut_off"]);

function toSuccess({ outcome, outcome_basis: basis }: SummaryFacts): boolean | null {
  if (basis === null || outcome === null || outcome === "unknown") return null;
  if (basis === "check_passed" || basis.startsWith("score:")) return outcome === "success";
  return FAILED.has(basis) ? false : null;
}
