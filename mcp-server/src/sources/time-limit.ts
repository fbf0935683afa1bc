/** When a signal ends by itself, on the clock of `performance.now()`: a signal does not say. */
const ends = new WeakMap<AbortSignal, number>();

/** A signal that ends with any of `others`, and `ms` milliseconds from now at the latest. */
export function endingAfter(ms: number, ...others: readonly AbortSignal[]): AbortSignal {
  const signal = AbortSignal.any([...others, AbortSignal.timeout(Math.max(0, Math.floor(ms)))]);
  ends.set(signal, Math.min(performance.now() + ms, ...others.map((other) => ends.get(other) ?? Infinity)));
  return signal;
}

/** Milliseconds until a signal ends by itself; Infinity for one that `endingAfter` did not make. */
export function timeLeft(signal: AbortSignal): number {
  return (ends.get(signal) ?? Infinity) - performance.now();
}
