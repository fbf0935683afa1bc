import { CRITERIA } from "../plan/wording.ts";

/** The metrics that the criteria of a plan are about. */
export const METRICS = CRITERIA.map(({ metric }) => metric);
export const VERDICTS = [
  "met",
  "not met",
  "inconclusive",
  "confounded",
  "fewer calls, success unknown",
  "fewer calls, worse",
] as const;

/** A criterion in the runs of the audit before and of this one. */
export type Criterion = {
  readonly criterion: (typeof METRICS)[number];
  /** The share of runs (0 to 1), or the median of the tool calls per task; null when no run of the side records it. */
  readonly value_then: number | null;
  readonly value_now: number | null;
  readonly verdict: (typeof VERDICTS)[number];
  /** The runs that record it. */
  readonly runs_then: number;
  readonly runs_now: number;
  /** How many runs a side would settle it, such as `20` or `more than 50`; null when it is settled, or a side has none. */
  readonly runs_needed: string | null;
};
