import { binomial, logChoose, type Share } from "./binomial.ts";

// Exact unconditional tests: every pair of counts is ordered by how much it speaks for the claim, and the p-value is
// the largest chance, over all rates that the claim denies, of a pair that speaks for it at least as much.

/** For every pair of counts how much it speaks for the claim: `scores[before * (runs of after + 1) + after]`. */
type Ordering = {
  readonly before: number;
  readonly after: number;
  /** By how much the rate after may lie below the rate before without denying the claim. */
  readonly margin: number;
  readonly scores: Float64Array;
};

/** How finely rates are looked through for a p-value, and for a plan of how many runs are needed. */
const FINE = 200;
const COARSE = 50;
const TOLERANCE = 1e-9;

/**
 * The p-value of the claim that the rate rose: Boschloo's exact test, which orders by Fisher's exact p-value
 * (Biometrika 57, 1970). 1 without runs.
 */
export function testRise(before: Share, after: Share): number {
  return remembered(before, after, 0, () => toPValue(orderByFisher(before.runs, after.runs), before, after));
}

/**
 * The p-value of the claim that the rate did not fall by `margin` (0 to 1, above 0) or more: the exact test with the
 * score statistic of Farrington and Manning (Chan, Statistics in Medicine 17, 1998). 1 without runs.
 */
export function testNoFall(before: Share, after: Share, margin: number): number {
  return remembered(before, after, margin, () =>
    toPValue(orderByScore(before.runs, after.runs, margin), before, after),
  );
}

const MOST_REMEMBERED = 10_000;
const pValues = new Map<string, number>();

/** A p-value takes up to a tenth of a second, and one comparison after the other asks for the same. */
function remembered(before: Share, after: Share, margin: number, compute: () => number): number {
  const key = [before.hits, before.runs, after.hits, after.runs, margin].join();
  const known = pValues.get(key);
  if (known !== undefined) return known;
  const found = compute();
  if (pValues.size < MOST_REMEMBERED) pValues.set(key, found);
  return found;
}

/**
 * The chance that a test at `alpha` with `runs` runs on each side confirms its claim when the true rates are these.
 * Without a margin it is `testRise`, with one `testNoFall`.
 */
export function toPower(runs: number, rates: readonly [number, number], margin: number, alpha: number): number {
  const ordering = margin === 0 ? orderByFisher(runs, runs) : orderByScore(runs, runs, margin);
  const denied = toRates(margin, 1 - margin, COARSE).map((rate) => toChances(ordering, rate, rate - margin));
  let [none, all] = [Math.max(...ordering.scores) + 1, Math.min(...ordering.scores)];
  for (let round = 0; round < 24; round += 1) {
    const middle = (none + all) / 2;
    const bounds = toBounds(ordering, middle);
    if (denied.every((chances) => toChance(chances, bounds) <= alpha)) none = middle;
    else all = middle;
  }
  return toChance(toChances(ordering, ...rates), toBounds(ordering, none));
}

function toPValue(ordering: Ordering, before: Share, after: Share): number {
  if (before.runs === 0 || after.runs === 0) return 1;
  const score = ordering.scores[before.hits * (after.runs + 1) + after.hits] ?? 0;
  return Math.min(1, largestChance(ordering, toBounds(ordering, score - TOLERANCE)));
}

/** The logarithm of one over Fisher's one-sided p-value. */
function orderByFisher(before: number, after: number): Ordering {
  const scores = new Float64Array((before + 1) * (after + 1));
  for (let total = 0; total <= before + after; total += 1) {
    const all = logChoose(before + after, total);
    let tail = 0;
    for (let hits = Math.min(after, total); hits >= Math.max(0, total - before); hits -= 1) {
      tail += Math.exp(logChoose(after, hits) + logChoose(before, total - hits) - all);
      scores[(total - hits) * (after + 1) + hits] = -Math.log(tail);
    }
  }
  return { before, after, margin: 0, scores };
}

function orderByScore(before: number, after: number, margin: number): Ordering {
  const scores = new Float64Array((before + 1) * (after + 1));
  for (let x = 0; x <= before; x += 1)
    for (let y = 0; y <= after; y += 1)
      scores[x * (after + 1) + y] = toScore({ hits: x, runs: before }, { hits: y, runs: after }, margin);
  return { before, after, margin, scores };
}

function toScore(before: Share, after: Share, margin: number): number {
  const p = likeliestRate(before, after, margin);
  const q = p - margin;
  const variance = (p * (1 - p)) / before.runs + (q * (1 - q)) / after.runs;
  return (after.hits / after.runs - before.hits / before.runs + margin) / Math.sqrt(variance);
}

/**
 * The likeliest rate before, given that the rate after lies exactly `margin` below it: the root of a cubic equation
 * that lies between the margin and 1 (Farrington and Manning, Statistics in Medicine 9, 1990, appendix).
 */
function likeliestRate(before: Share, after: Share, margin: number): number {
  const weight = after.runs / before.runs;
  const [rate, hits] = [before.hits / before.runs, after.hits / before.runs];
  const a = 1 + weight;
  const b = -(1 + weight + rate + hits + margin * (weight + 2));
  const c = margin ** 2 + margin * (2 * rate + weight + 1) + rate + hits;
  const d = -rate * margin * (1 + margin);
  const v = b ** 3 / (27 * a ** 3) - (b * c) / (6 * a ** 2) + d / (2 * a);
  const u = Math.sign(v) * Math.sqrt(Math.max(0, b ** 2 / (9 * a ** 2) - c / (3 * a)));
  const angle = u === 0 ? Math.PI : Math.PI + Math.acos(Math.min(1, Math.max(-1, v / u ** 3)));
  return Math.min(1, Math.max(margin, 2 * u * Math.cos(angle / 3) - b / (3 * a)));
}

/** For each count before, the smallest count after that scores at least `score`; more hits after never score less. */
function toBounds({ before, after, scores }: Ordering, score: number): readonly number[] {
  const bounds: number[] = [];
  let bound = 0;
  for (let x = 0; x <= before; x += 1) {
    while (bound <= after && (scores[x * (after + 1) + bound] ?? 0) < score) bound += 1;
    bounds.push(bound);
  }
  return bounds;
}

/** The largest chance of counts within the bounds where the rate after lies `margin` below the rate before. */
function largestChance(ordering: Ordering, bounds: readonly number[]): number {
  const { margin } = ordering;
  const largest = (rates: readonly number[]): readonly [rate: number, chance: number] =>
    rates
      .map((rate) => [rate, toChance(toChances(ordering, rate, rate - margin), bounds)] as const)
      .reduce((best, one) => (one[1] > best[1] ? one : best), [margin, 0] as const);
  const [rate, chance] = largest(toRates(margin, 1 - margin, FINE));
  const width = (1 - margin) / FINE;
  const [, nearby] = largest(toRates(rate - width, 2 * width, FINE).filter((one) => one > margin && one < 1));
  return Math.max(chance, nearby);
}

function toRates(from: number, width: number, steps: number): readonly number[] {
  return Array.from({ length: steps + 1 }, (_rate, step) => from + (width * step) / steps);
}

/** The chance of each count before, and of each count after or more. */
type Chances = { readonly before: readonly number[]; readonly orMore: readonly number[] };

function toChances({ before, after }: Ordering, p: number, q: number): Chances {
  const orMore = [...binomial(after, q), 0];
  for (let hits = after - 1; hits >= 0; hits -= 1) orMore[hits] = (orMore[hits] ?? 0) + (orMore[hits + 1] ?? 0);
  return { before: binomial(before, p), orMore };
}

function toChance({ before, orMore }: Chances, bounds: readonly number[]): number {
  return before.reduce((total, chance, hits) => total + chance * (orMore[bounds[hits] ?? 0] ?? 0), 0);
}
