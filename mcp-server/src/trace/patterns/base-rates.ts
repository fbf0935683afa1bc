import { MEASURED } from "./measured.ts";

/** How unusual a finding is among real turns; both null where it was not measured, or the turns could not have shown it. */
export type BaseRate = {
  /** Share of the measured turns with a tool call that show the pattern, from 0 to 1. */
  readonly base_rate: number | null;
  /** Share of those turns that show it less often than this one, or not at all: "P93" for 93 in 100. */
  readonly percentile: string | null;
};

/** The base rate of a pattern and the percentile of its count, by docs/base-rates.md. */
export function toBaseRate(id: string, count: number): BaseRate {
  const counts = UNMEASURABLE.has(id) ? undefined : MEASURED.counts[id];
  if (counts === undefined) return { base_rate: null, percentile: null };
  const below = MEASURED.turns - counts.length + counts.filter((other) => other < count).length;
  return {
    base_rate: Math.round((counts.length / MEASURED.turns) * 1000) / 1000,
    // The last percent is not told apart: that no measured turn shows it does not make it impossible.
    percentile: `P${Math.min(99, Math.floor((below / MEASURED.turns) * 100))}`,
  };
}

/** The exporter of the measured turns records neither waiting for permission, nor repeated requests, nor compaction. */
const UNMEASURABLE: ReadonlySet<string> = new Set(["permission_wait", "api_error_retries", "context_thrash"]);
