// When a comparison is made again with each new run, one of many looks says "met" by chance. So the later side is looked at
// only when it has come to one of these sizes, at a level of its own, and the levels sum up to 0.05: whoever looks after
// every run still meets a wrong claim in at most 5 of 100 changes that changed nothing (Bonferroni over the looks).

/** `z`: the normal quantile of one less half the level, which two claims share. */
export type Look = { readonly runs: number; readonly level: number; readonly z: number };
export const LOOKS: readonly Look[] = [
  { runs: 5, level: 0.005, z: 2.807 },
  { runs: 10, level: 0.01, z: 2.576 },
  { runs: 20, level: 0.01, z: 2.576 },
  { runs: 30, level: 0.01, z: 2.576 },
  { runs: 50, level: 0.015, z: 2.432 },
];

/** As many as the largest sample has; bounds the time that a comparison takes. */
export const MAX_RUNS = 50;

/** The last look that so many runs have come to, or null before the first. */
export function lookAt(runs: number): Look | null {
  return LOOKS.findLast((look) => look.runs <= runs) ?? null;
}

/** When a run started, ISO 8601, and which it is. */
type Started = { readonly startedAt: string | null; readonly traceId: string };

/** The earliest first; a run without a start last. */
export function byStart(left: Started, right: Started): number {
  const [a, b] = [left.startedAt ?? "~", right.startedAt ?? "~"];
  if (a !== b) return a < b ? -1 : 1;
  return left.traceId < right.traceId ? -1 : Number(left.traceId > right.traceId);
}
