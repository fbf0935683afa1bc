import type { Share } from "./binomial.ts";
import { toPower } from "./proportions.ts";
import { toShareBelow } from "./ranks.ts";

// How many runs a side would settle a criterion: the least at which the test comes to `met` in four of five
// comparisons, if the effect is the one that these runs show. Below five runs on a side what they show is chance, and
// an effect worth having is put in its place. A plan for the human, not a verdict.

const POWER = 0.8;
const ENOUGH = 5;
const MOST = 200;
/** Two claims share 0.05. */
const CLAIM = 0.025;
const RISE = 0.3;
const MARGIN = 0.1;
/** The chance that a run has fewer tool calls than an earlier one, when all have 20 % fewer and vary as in practice. */
const BELOW = 0.55;

/** For a rise as it is seen, or by 30 points. */
export function runsForPlanFirst(then: Share, now: Share): string {
  const [before, after] = [smooth(then), smooth(now)];
  const isSeen = isEnough(then.runs, now.runs) && after > before;
  return search((runs) => toPower(runs, [before, isSeen ? after : Math.min(1, before + RISE)], 0, CLAIM));
}

/** For a success rate that changed as it is seen, or not at all. */
export function runsForSuccess(then: Share, now: Share): string {
  const both = smooth({ hits: then.hits + now.hits, runs: then.runs + now.runs });
  const isSeen = isEnough(then.runs, now.runs) && smooth(now) > smooth(then) - MARGIN;
  const rates = isSeen ? ([smooth(then), smooth(now)] as const) : ([both, both] as const);
  return search((runs) => toPower(runs, rates, MARGIN, 2 * CLAIM));
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

/** Power rises with the runs but for small steps, so the search goes up by a tenth at a time. */
function search(powerOf: (runs: number) => number): string {
  for (let runs = 2; runs <= MOST; runs += Math.max(1, Math.floor(runs / 10)))
    if (powerOf(runs) >= POWER) return String(runs);
  return `more than ${MOST}`;
}
