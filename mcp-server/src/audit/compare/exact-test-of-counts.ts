/**
 * The p-value of the claim that values fell: the exact Mann-Whitney test, ties by middle ranks, over every way to deal
 * the pooled values to the two sides. 1 without values. Up to 50 values a side take some milliseconds.
 */
export function testFall(before: readonly number[], after: readonly number[]): number {
  if (before.length === 0 || after.length === 0) return 1;
  const doubled = toDoubledRanks([...after, ...before]);
  const ranks = doubled.map((rank) => rank / (doubled.every((one) => one % 2 === 0) ? 2 : 1));
  const observed = ranks.slice(0, after.length).reduce(add, 0);
  // The low ranks of the smaller side after, or the high ones of the smaller side before: the same deals.
  const isAfterSmaller = after.length <= before.length;
  const size = isAfterSmaller ? after.length : before.length;
  const highest = Math.max(...ranks) + Math.min(...ranks);
  const limit = isAfterSmaller ? observed : size * highest - (ranks.reduce(add, 0) - observed);
  const counted = isAfterSmaller ? ranks : ranks.map((rank) => highest - rank);
  return Math.min(1, countDeals(counted, size, limit));
}

/** Twice the sum of the ranks of the values after, and the chance of each such sum over every way to deal the pooled values. */
export function rankSums(
  before: readonly number[],
  after: readonly number[],
): { readonly observed: number; readonly chances: Float64Array } {
  const ranks = toDoubledRanks([...after, ...before]);
  const most = ranks.reduce(add, 0);
  return {
    observed: ranks.slice(0, after.length).reduce(add, 0),
    chances: dealSums(ranks, after.length, most).map((ways) => ways / choices(ranks.length, after.length)),
  };
}

/** The share of all choices of `size` of the ranks whose sum is at most `limit`. */
function countDeals(ranks: readonly number[], size: number, limit: number): number {
  return dealSums(ranks, size, limit).reduce(add, 0) / choices(ranks.length, size);
}

/** How many ways there are to choose so many. */
function choices(from: number, size: number): number {
  let all = 1;
  for (let chosen = 1; chosen <= size; chosen += 1) all *= (from - size + chosen) / chosen;
  return all;
}

/** In how many ways a choice of `size` of the ranks comes to each sum up to `limit`. */
function dealSums(ranks: readonly number[], size: number, limit: number): Float64Array {
  const sorted = ranks.toSorted((left, right) => left - right);
  // Row by number chosen, column by sum: in how many ways.
  const ways = Array.from({ length: size + 1 }, () => new Float64Array(limit + 1));
  const [nothing] = ways;
  if (nothing !== undefined) nothing[0] = 1;
  for (const [at, rank] of sorted.entries()) {
    for (let chosen = Math.min(size, at + 1); chosen >= 1; chosen -= 1) {
      const [to, from] = [ways[chosen], ways[chosen - 1]];
      if (to === undefined || from === undefined) continue;
      const largest = sorted.slice(at + 1 - chosen, at + 1).reduce(add, 0);
      for (let sum = Math.min(limit, largest); sum >= rank; sum -= 1)
        to[sum] = (to[sum] ?? 0) + (from[sum - rank] ?? 0);
    }
  }
  return ways[size] ?? new Float64Array(0);
}

/** Twice the rank of each value, so that the middle of a tie is whole. */
function toDoubledRanks(values: readonly number[]): readonly number[] {
  const sorted = values.toSorted((left, right) => left - right);
  return values.map((value) => sorted.indexOf(value) + sorted.lastIndexOf(value) + 2);
}

function add(left: number, right: number): number {
  return left + right;
}

/** The share of pairs in which the value after is below the one before, ties as halves. NaN-free: 0.5 without pairs. */
export function toShareBelow(before: readonly number[], after: readonly number[]): number {
  const pairs = before.length * after.length;
  if (pairs === 0) return 0.5;
  const below = before.flatMap((old) => after.map((now) => (now < old ? 1 : now === old ? 0.5 : 0)));
  return below.reduce<number>(add, 0) / pairs;
}

/** The value in the middle, or the mean of the two there; null without values. */
export function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((left, right) => left - right);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}
