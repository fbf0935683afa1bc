import type { Pattern } from "./pattern.ts";

/** A human stopped the run (traces.md 4). */
export const interrupted: Pattern = {
  id: "interrupted",
  detect: ({ timeline, ending }) => {
    if (!ending.isInterrupted) return null;
    const stopped = timeline.calls.filter(
      ({ error }) => error?.kind === "user_rejected" || error?.kind === "interrupted",
    );
    const marked = timeline.events.filter(({ isInterruption }) => isInterruption);
    return {
      severity: "high",
      count: 1,
      detail: "a human stopped the run before its final answer",
      observations: [...new Set([...marked, ...stopped].map(({ id }) => id))],
    };
  },
};
