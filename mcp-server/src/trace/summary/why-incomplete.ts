import type { Ending } from "../run/outcome.ts";
import type { Timeline } from "../timeline/timeline.ts";

/** Why a run is not completed, for `skipped`. */
export function toReason({ openRows, danglingRows, events }: Timeline, ending: Ending): string {
  if (events.length === 0) return "not completed: it has no observations";
  if (ending.isInterrupted) return "not completed: it was interrupted";
  if (ending.isApiError) return "not completed: it ended in an API error";
  if (openRows > 0)
    return `not completed: ${openRows} ${openRows === 1 ? "observation is" : "observations are"} still open`;
  if (danglingRows > 0)
    return `not completed: the parent of ${danglingRows} ${danglingRows === 1 ? "observation" : "observations"} is missing`;
  if (!ending.isWhole) return "not completed: its root observation is missing";
  return "not completed: it has no final answer";
}
