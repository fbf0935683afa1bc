const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const pending = new Set<() => void>();
let isWatching = false;

/**
 * Runs `clean` when this process ends, by itself or by a signal; returns how to call that off.
 * Signals matter: vitest ends its workers with SIGTERM, which emits no "exit".
 */
export function onProcessEnd(clean: () => void): () => void {
  watch();
  pending.add(clean);
  return () => void pending.delete(clean);
}

function watch(): void {
  if (isWatching) return;
  isWatching = true;
  process.once("exit", cleanAll);
  for (const signal of signals) {
    process.once(signal, () => {
      cleanAll();
      process.kill(process.pid, signal);
    });
  }
}

/** Newest first, so that processes end before their folders go. */
function cleanAll(): void {
  for (const clean of [...pending].toReversed()) clean();
  pending.clear();
}
