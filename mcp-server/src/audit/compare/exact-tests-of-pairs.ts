import { logChoose } from "./binomial.ts";

/** Pairs of a yes or no: how many turned from no to yes (`gained`), from yes to no (`lost`), and how many there are. */
export type Turned = { readonly gained: number; readonly lost: number; readonly pairs: number };

/** The p-value of the claim that the share rose: McNemar's exact test (Psychometrika 12, 1947). 1 without a turned pair. */
export function testPairedRise({ gained, lost }: Turned): number {
  const turned = gained + lost;
  let tail = 0;
  for (let hits = gained; hits <= turned; hits += 1) tail += Math.exp(logChoose(turned, hits) - turned * Math.LN2);
  return Math.min(1, tail);
}

/** How finely the unknown rate of lost pairs is looked through. */
const STEPS = 200;
const TOLERANCE = 1e-9;

/**
 * The p-value of the claim that the share did not fall by `margin` (0 to 1, above 0) or more: the exact unconditional test
 * with Tango's score statistic (Statistics in Medicine 17, 1998), the largest chance over all rates of lost pairs. 1 without
 * pairs.
 */
export function testPairedNoFall({ gained, lost, pairs }: Turned, margin: number): number {
  if (pairs === 0) return 1;
  const observed = toScore(gained, lost, pairs, margin) - TOLERANCE;
  const extreme: (readonly [gained: number, lost: number, ways: number])[] = [];
  for (let up = 0; up <= pairs; up += 1)
    for (let down = 0; up + down <= pairs; down += 1)
      if (toScore(up, down, pairs, margin) >= observed)
        extreme.push([up, down, logChoose(pairs, up) + logChoose(pairs - up, down)]);
  let largest = 0;
  for (let step = 0; step <= STEPS; step += 1) {
    // The rate of lost pairs lies between the margin and where no pair stays as it is.
    const down = margin + (((1 + margin) / 2 - margin) * step) / STEPS;
    const logs = [down - margin, down, 1 - 2 * down + margin].map((rate) => Math.log(Math.max(rate, 1e-300)));
    let chance = 0;
    for (const [gain, loss, ways] of extreme)
      chance += Math.exp(ways + gain * (logs[0] ?? 0) + loss * (logs[1] ?? 0) + (pairs - gain - loss) * (logs[2] ?? 0));
    largest = Math.max(largest, chance);
  }
  return Math.min(1, largest);
}

/** The likeliest rate of lost pairs, given that the share fell by the margin, is the root of a quadratic equation. */
function toScore(gained: number, lost: number, pairs: number, margin: number): number {
  const a = 2 * pairs;
  const b = -gained - lost - (2 * pairs - gained + lost) * margin;
  const c = lost * margin * (1 + margin);
  const rate = (Math.sqrt(Math.max(0, b * b - 4 * a * c)) - b) / (2 * a);
  const variance = pairs * (2 * rate - margin * (margin + 1));
  const distance = gained - lost + pairs * margin;
  return variance <= 0 ? (distance > 0 ? Infinity : distance < 0 ? -Infinity : 0) : distance / Math.sqrt(variance);
}

/**
 * The p-value of the claim that values fell, from each pair's value before less the one after: Wilcoxon's exact signed-rank
 * test, ties by middle ranks, over all ways to give the differences signs. Equal pairs tell nothing. 1 without differences.
 */
export function testPairedFall(falls: readonly number[]): number {
  const told = falls.filter((fall) => fall !== 0);
  const sorted = told.map(Math.abs).toSorted((left, right) => left - right);
  // Twice the middle rank, so that it is whole.
  const ranks = told.map((fall) => sorted.indexOf(Math.abs(fall)) + sorted.lastIndexOf(Math.abs(fall)) + 2);
  const observed = ranks.reduce((sum, rank, at) => sum + ((told[at] ?? 0) > 0 ? rank : 0), 0);
  const most = ranks.reduce((sum, rank) => sum + rank, 0);
  let chances = new Float64Array(most + 1);
  chances[0] = 1;
  for (const rank of ranks) {
    const next = new Float64Array(most + 1);
    for (let sum = 0; sum <= most; sum += 1) {
      const chance = (chances[sum] ?? 0) / 2;
      if (chance === 0) continue;
      next[sum] = (next[sum] ?? 0) + chance;
      next[sum + rank] = (next[sum + rank] ?? 0) + chance;
    }
    chances = next;
  }
  return Math.min(
    1,
    chances.subarray(observed).reduce((sum, chance) => sum + chance, 0),
  );
}
