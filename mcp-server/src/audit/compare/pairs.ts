import type { Stratum } from "./like-with-like.ts";
import type { Run } from "./run.ts";

/** Two runs of one goal, before and after. */
export type Pair = { readonly before: Run; readonly after: Run };

/** Fewer pairs cannot pass the level of their look, however clear they are. */
const MIN_PAIRS = 10;

/**
 * The runs of one goal on both sides, in the order in which they started; null when fewer than ten, or fewer than half of
 * the later runs, have a partner. Whether runs are compared as pairs follows from their goals alone, never from how they went.
 */
export function toPairs(strata: readonly Stratum[]): readonly Pair[] | null {
  const pairs = strata.flatMap(({ before, after }) => {
    const partners = new Map<string, Run[]>();
    for (const run of before) if (run.goal !== null) partners.set(run.goal, [...(partners.get(run.goal) ?? []), run]);
    return after.flatMap((run) => {
      const partner = run.goal === null ? undefined : partners.get(run.goal)?.shift();
      return partner === undefined ? [] : [{ before: partner, after: run }];
    });
  });
  const later = strata.reduce((sum, { after }) => sum + after.length, 0);
  return pairs.length < MIN_PAIRS || 2 * pairs.length < later ? null : pairs;
}
