import { isRecord, own, text, parseRecord } from "../../trace/values/json.ts";

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

/** Reads a summary's JSON text, or null when it is none. */
export function parseRun(json: string): Run | null {
  const value = parseRecord(json);
  if (value === null) return null;
  const [traceId, patterns, metrics] = [
    text(own(value, "trace_id")),
    own(value, "notable_patterns"),
    own(value, "metrics"),
  ];
  if (traceId === null || !Array.isArray(patterns) || !isRecord(metrics)) return null;
  const calls = own(metrics, "tool_calls_per_task");
  return {
    traceId,
    startedAt: text(own(value, "started_at")),
    sessionId: text(own(value, "session_id")),
    // A null is a task list whose length is hidden.
    kind: own(value, "tasks") === 0 ? "no_task_list" : "task_list",
    outcome: text(own(value, "outcome")),
    patterns: patterns.filter((id) => typeof id === "string"),
    planFirst: toFlag(own(metrics, "plan_before_first_tool")),
    callsPerTask: typeof calls === "number" && Number.isFinite(calls) && calls >= 0 ? calls : null,
    success: toFlag(own(metrics, "success")),
  };
}

function toFlag(value: unknown): boolean | null {
  return typeof value === "boolean" ? value : null;
}
