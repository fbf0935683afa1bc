/** How many of `runs` runs showed something. */
export type Share = { readonly hits: number; readonly runs: number };

const logFactorials: number[] = [0];

/** Logarithm of n!, for whole n. */
function logFactorial(n: number): number {
  for (let at = logFactorials.length; at <= n; at += 1) logFactorials.push((logFactorials[at - 1] ?? 0) + Math.log(at));
  return logFactorials[n] ?? 0;
}

/** Logarithm of the number of ways to choose k of n. */
export function logChoose(n: number, k: number): number {
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k);
}

/** The chance of 0, 1, … n hits in n runs at rate `p`. */
export function binomial(n: number, p: number): readonly number[] {
  if (p <= 0 || p >= 1) return Array.from({ length: n + 1 }, (_chance, k) => (k === (p <= 0 ? 0 : n) ? 1 : 0));
  return Array.from({ length: n + 1 }, (_chance, k) =>
    Math.exp(logChoose(n, k) + k * Math.log(p) + (n - k) * Math.log(1 - p)),
  );
}
