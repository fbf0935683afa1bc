import type { ToolCall } from "../call/tool-call.ts";
import { isRefusal } from "../call/tool-errors.ts";
import { addTo } from "../values/lists.ts";
import { grade, type Pattern } from "./pattern.ts";

/**
 * The same shell command, normalised, fails again with no edit in between. 2 failures are low, 3 medium (OpenHands
 * counts three failing actions as stuck), 5 high. Polling is meant to be repeated; a refused command never ran, nor did one whose folder is not there.
 */
export const retryFailingCommand: Pattern = {
  id: "retry_failing_command",
  overrides: ["tool_thrash"],
  detect: ({ timeline }) => {
    if (!timeline.isOrderKnown) return null;
    let failures = new Map<string, ToolCall[]>();
    let worst: readonly ToolCall[] = [];
    for (const call of timeline.mainCalls) {
      const { changed } = call;
      // A shell command may edit as well; what a failing one wrote is mostly its own log.
      const isEdit = changed === "any" || changed.length > 0 || (call.op === "edit" && call.path === null);
      if (isEdit && call.error === null) failures = new Map();
      if (call.command === null || call.command.isPolling || call.neverRan) continue;
      if (call.error !== null && isRefusal(call.error.kind)) continue;
      const key = call.command.hash;
      if (call.error === null) failures.delete(key);
      else if (failures.get(key)?.at(-1)?.batch !== call.batch) {
        const runs = addTo(failures, key, call);
        if (runs.length > worst.length) worst = runs;
      }
    }
    const severity = grade(worst.length, [
      [5, "high"],
      [3, "medium"],
      [2, "low"],
    ]);
    if (severity === null) return null;
    return {
      severity,
      count: worst.length,
      detail: `one command failed ${worst.length} times, no edit between`,
      observations: worst.map(({ id }) => id),
    };
  },
};
