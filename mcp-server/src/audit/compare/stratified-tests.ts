import { logChoose, type Share } from "./binomial.ts";
import { testNoFall, testRise } from "./exact-test-of-shares.ts";
import { rankSums, testFall } from "./exact-test-of-counts.ts";

// One test over strata: runs are compared within each alone, and what all strata say together is weighed once. With one
// stratum these are the plain tests.

type Shares = { readonly before: Share; readonly after: Share };
type Values = { readonly before: readonly number[]; readonly after: readonly number[] };

/** The p-value of the claim that the rate rose: the exact conditional test over all 2 × 2 tables (Gart, Biometrika 57, 1970). */
export function testStratifiedRise(strata: readonly Shares[]): number {
  const told = strata.filter(({ before, after }) => before.runs > 0 && after.runs > 0);
  const [only] = told;
  if (only === undefined) return 1;
  if (told.length === 1) return testRise(only.before, only.after);
  const observed = told.reduce((sum, { after }) => sum + after.hits, 0);
  return tail(told.map(hypergeometric).reduce(convolve), observed);
}

/**
 * The p-value of the claim that the rate did not fall by `margin` or more in each stratum: the strata's exact p-values, which
 * are independent, by Fisher's product.
 */
export function testStratifiedNoFall(strata: readonly Shares[], margin: number): number {
  const told = strata.filter(({ before, after }) => before.runs > 0 && after.runs > 0);
  if (told.length === 0) return 1;
  const product = told.reduce((all, { before, after }) => all * testNoFall(before, after, margin), 1);
  let [term, sum] = [1, 0];
  for (let at = 0; at < told.length; at += 1) {
    sum += term;
    term *= -Math.log(Math.max(product, 1e-300)) / (at + 1);
  }
  return Math.min(1, product * sum);
}

/** The p-value of the claim that values fell: the sum of the strata's exact rank sums. */
export function testStratifiedFall(strata: readonly Values[]): number {
  const told = strata.filter(({ before, after }) => before.length > 0 && after.length > 0);
  const [only] = told;
  if (only === undefined) return 1;
  if (told.length === 1) return testFall(only.before, only.after);
  const sums = told.map(({ before, after }) => rankSums(before, after));
  const observed = sums.reduce((sum, one) => sum + one.observed, 0);
  const chances = sums.map((one) => one.chances).reduce(convolve);
  return Math.min(
    1,
    chances.subarray(0, observed + 1).reduce((sum, chance) => sum + chance, 0),
  );
}

/** The chance of each number of hits after, given all hits of the stratum. */
function hypergeometric({ before, after }: Shares): Float64Array {
  const total = before.hits + after.hits;
  const all = logChoose(before.runs + after.runs, total);
  return Float64Array.from({ length: after.runs + 1 }, (_chance, hits) =>
    hits > total || total - hits > before.runs
      ? 0
      : Math.exp(logChoose(after.runs, hits) + logChoose(before.runs, total - hits) - all),
  );
}

function tail(chances: Float64Array, from: number): number {
  return Math.min(
    1,
    chances.subarray(from).reduce((sum, chance) => sum + chance, 0),
  );
}

/** The chances of the sum of two independent whole numbers. */
function convolve(left: Float64Array, right: Float64Array): Float64Array {
  const sums = new Float64Array(left.length + right.length - 1);
  for (const [at, chance] of left.entries()) {
    if (chance === 0) continue;
    for (const [offset, other] of right.entries()) sums[at + offset] = (sums[at + offset] ?? 0) + chance * other;
  }
  return sums;
}
