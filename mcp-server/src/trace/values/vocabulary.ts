// The words that a summary may hold, and that rooms far apart have to agree on.

/** How a run ended, as far as its trace tells: `success` is "ended normally with no failing evidence". */
export const OUTCOMES = ["success", "partial_success", "failure", "unknown"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/**
 * What a run itself shows of how it ended. Of the checks that fit what was changed, after its last change: `check_passed`,
 * `check_failed`, `check_hidden` (none has a verdict), `no_check` (none ran). `no_change`: there was nothing to check.
 */
export const EVIDENCE = [
  "check_passed",
  "check_failed",
  "check_hidden",
  "no_check",
  "no_change",
  "interrupted",
  "api_error",
  "cut_off",
] as const;
export type Evidence = (typeof EVIDENCE)[number];

/** How far an aspect of the trace can be trusted. `inferred`: read from text or time, not from a recorded fact. */
export const GRADES = ["recorded", "inferred", "partial", "not_recorded"] as const;
export type Grade = (typeof GRADES)[number];
export type Coverage = Readonly<
  Record<"goal" | "timing" | "order" | "targets" | "errors" | "subagents" | "tasks", Grade>
>;

/** How much a pattern matters, the worst first. */
export const SEVERITIES = ["high", "medium", "low", "info"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What a call does, whichever tool did it. `check` is a type checker, linter or build: weaker than a test. */
export type Op = "read" | "search" | "edit" | "test" | "check" | "exec" | "plan" | "delegate" | "other";

/** What calls do; `other` are tools that we do not know, `upkeep` keeps a task list or waits and names no phase. */
export const PHASE_KINDS = ["plan", "explore", "edit", "check", "delegate", "run", "other", "upkeep"] as const;
export type PhaseKind = (typeof PHASE_KINDS)[number];

/** As many rows as a picture of a run has that is taken in at a glance. */
export const MAX_PHASES = 12;
/** Of a phase's patterns the most severe; a summary's `notable_patterns` has them all. */
export const MAX_PHASE_PATTERNS = 4;

/** Kinds with their calls, the most frequent first and upkeep last; those without a call are left out. */
export function byFrequency(
  counts: readonly (readonly [kind: PhaseKind, calls: number])[],
): readonly (readonly [kind: PhaseKind, calls: number])[] {
  return counts
    .filter(([, calls]) => calls > 0)
    .toSorted(([left, a], [right, b]) => Number(left === "upkeep") - Number(right === "upkeep") || b - a);
}
