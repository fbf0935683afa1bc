import type { Pattern } from "./pattern.ts";

/**
 * A human stopped the run: high when the human said why, which is an objection, else low. Read blind, 4 of 8 were real, all of
 * them with an objection, and most objections are the next prompt: a session's summary keeps those only.
 */
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
    const isSaid = stopped.some(({ refusedWith }) => refusedWith !== null);
    return {
      severity: isSaid ? "high" : "low",
      count: 1,
      detail: `a human stopped the run before its final answer${isSaid ? " and said why" : ""}`,
      observations: [...new Set([...marked, ...stopped].map(({ id }) => id))],
    };
  },
};
