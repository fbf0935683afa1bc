import type { Pattern } from "./pattern.ts";

/** A human stopped the run. */
export const interrupted: Pattern = {
  id: "interrupted",
  detect: ({ timeline, ending }) => {
    if (!ending.isInterrupted) return null;
    const stopped = timeline.calls.filter(
      ({ error }) => error?.kind === "user_rejected" || error?.kind === "interrupted",
    );
    // A permission whose call never arrived belongs to the call that was in flight (native telemetry).
    const { events } = timeline.facts;
    const marked = timeline.events.filter(
      ({ isInterruption, kind, parentId }) =>
        isInterruption || (kind === "permission" && events.get(parentId ?? "")?.kind !== "tool"),
    );
    return {
      severity: "high",
      count: 1,
      detail: "a human stopped the run before its final answer",
      observations: [...new Set([...marked, ...stopped].map(({ id }) => id))],
    };
  },
};
