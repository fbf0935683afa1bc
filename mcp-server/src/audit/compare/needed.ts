import type { Share } from "./binomial.ts";
import { toPower } from "./exact-test-of-shares.ts";
import { toShareBelow } from "./exact-test-of-counts.ts";
import { LOOKS, MAX_RUNS, type Look } from "./looks.ts";

// How many runs a side would settle a criterion: the first look at which the test comes to `met` in four of five
// comparisons, if the effect is the one that these runs show. Below five runs on a side what they show is chance, and
// an effect worth having is put in its place. A plan for the human, not a verdict.

/** The success rate may lie less than this below the earlier one and still count as not worse. */
export const SUCCESS_MARGIN = 0.1;
/** A rise of the share with a plan first that is worth having. */
export const PLAN_RISE = 0.3;

const POWER = 0.8;
const ENOUGH = 5;
/** Two claims share a look's level. */
const CLAIM = 1 / 2;
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
  return search(isSeen ? [smooth(then), smooth(now)] : [both, both], SUCCESS_MARGIN, 1);
}

/** For a fall as it is seen, or by 20 %; by Noether's formula (Journal of the American Statistical Association 82, 1987). */
export function runsForCalls(then: readonly number[], now: readonly number[]): string {
  const pairs = then.length * now.length;
  // One pair more, a tie, keeps a few clear runs from promising certainty.
  const seen = (toShareBelow(then, now) * pairs + 0.5) / (pairs + 1);
  const below = isEnough(then.length, now.length) && seen > 0.5 ? seen : BELOW;
  // 0.8416 is the normal quantile of 0.8.
  return firstLook(({ runs, z }) => runs >= (z + 0.8416) ** 2 / (6 * (below - 0.5) ** 2));
}

function isEnough(then: number, now: number): boolean {
  return then >= ENOUGH && now >= ENOUGH;
}

/** The rate with one hit and one miss more, so that a few equal runs do not promise certainty. */
function smooth({ hits, runs }: Share): number {
  return (hits + 1) / (runs + 2);
}

const found = new Map<string, string>();

/** The first look with power enough; `share` is the part of its level that a claim has. */
function search(rates: readonly [number, number], margin: number, share: number): string {
  const key = [...rates, margin, share].join();
  const known = found.get(key);
  if (known !== undefined) return known;
  const needed = firstLook(({ runs, level }) => toPower(runs, rates, margin, level * share) >= POWER);
  found.set(key, needed);
  return needed;
}

function firstLook(isSettled: (look: Look) => boolean): string {
  const look = LOOKS.find(isSettled);
  return look === undefined ? `more than ${MAX_RUNS}` : String(look.runs);
}
