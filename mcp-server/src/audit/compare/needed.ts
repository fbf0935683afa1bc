import type { Share } from "./binomial.ts";
import { toPower } from "./exact-test-of-shares.ts";
import { toShareBelow } from "./exact-test-of-counts.ts";

// How many runs a side would settle a criterion: the least at which the test comes to `met` in four of five
// comparisons, if the effect is the one that these runs show. Below five runs on a side what they show is chance, and
// an effect worth having is put in its place. A plan for the human, not a verdict.

/** An improvement is claimed wrongly in at most this share of the comparisons in which nothing changed. */
export const ALPHA = 0.05;
/** The success rate may lie less than this below the earlier one and still count as not worse. */
export const SUCCESS_MARGIN = 0.1;
/** A rise of the share with a plan first that is worth having. */
export const PLAN_RISE = 0.3;

const POWER = 0.8;
const ENOUGH = 5;
const MOST = 200;
/** Two claims share it. */
const CLAIM = ALPHA / 2;
/** The chance that a run has fewer tool calls than an earlier one when all have 20 % fewer: sd of the log 1.2 to 1.3. */
const BELOW = 0.55;

/** For a rise as it is seen, or by 30 points. */
export function runsForPlanFirst(then: Share, now: Share): string {
  const [before, after] = [smooth(then), smooth(now)];
  const isSeen = isEnough(then.runs, now.runs) && after > before;
  return search([before, isSeen ? after : Math.min(1, before + PLAN_RISE)], 0, CLAIM);
}

/** For a success rate that changed as it is seen, or not at all. */
export function runsForSuccess(then: Share, now: Share): string {
  const both = smooth({ hits: then.hits + now.hits, runs: then.runs + now.runs });
  const isSeen = isEnough(then.runs, now.runs) && smooth(now) > smooth(then) - SUCCESS_MARGIN;
  return search(isSeen ? [smooth(then), smooth(now)] : [both, both], SUCCESS_MARGIN, ALPHA);
}

/** For a fall as it is seen, or by 20 %; by Noether's formula (Journal of the American Statistical Association 82, 1987). */
export function runsForCalls(then: readonly number[], now: readonly number[]): string {
  const pairs = then.length * now.length;
  // One pair more, a tie, keeps a few clear runs from promising certainty.
  const seen = (toShareBelow(then, now) * pairs + 0.5) / (pairs + 1);
  const below = isEnough(then.length, now.length) && seen > 0.5 ? seen : BELOW;
  // The normal quantiles of 1 - 0.025 and of 0.8.
  const runs = Math.ceil((1.96 + 0.8416) ** 2 / (6 * (below - 0.5) ** 2));
  return runs > MOST ? `more than ${MOST}` : String(Math.max(runs, 4));
}

function isEnough(then: number, now: number): boolean {
  return then >= ENOUGH && now >= ENOUGH;
}

/** The rate with one hit and one miss more, so that a few equal runs do not promise certainty. */
function smooth({ hits, runs }: Share): number {
  return (hits + 1) / (runs + 2);
}

/** The numbers of runs that are tried, each about a tenth above the last. */
const STEPS = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 16, 18, 20, 22, 24, 26, 28, 31, 34, 37, 41, 45, 50].concat([
  55,
  60,
  66,
  73,
  80,
  88,
  97,
  107,
  118,
  130,
  143,
  157,
  173,
  190,
  MOST,
]);
const found = new Map<string, string>();

/** The first step with power enough. Power rises with the runs but for small dents, which halving steps over. */
function search(rates: readonly [number, number], margin: number, alpha: number): string {
  const key = [...rates, margin, alpha].join();
  const known = found.get(key);
  if (known !== undefined) return known;
  let [low, high] = [0, STEPS.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (toPower(STEPS[middle] ?? MOST, rates, margin, alpha) >= POWER) high = middle;
    else low = middle + 1;
  }
  const runs = STEPS[low];
  const needed = runs === undefined ? `more than ${MOST}` : String(runs);
  found.set(key, needed);
  return needed;
}
