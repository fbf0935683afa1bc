import type { ToolCall } from "../call/tool-call.ts";
import { createLongest } from "../values/lists.ts";
import { grade, type Pattern } from "./pattern.ts";

/**
 * Edits fail one after the other because the text to replace is not there or the input is invalid. 2 in a row are
 * medium, 3 high: failed edits occur in 12.8 % of real sessions, two in a row in 7.7 %. Edits that were asked for together
 * count too: one wrong idea of the file fails them all.
 */
export const editFailureStreak: Pattern = {
  id: "edit_failure_streak",
  overrides: ["tool_thrash"],
  detect: ({ timeline }) => {
    if (!timeline.isOrderKnown) return null;
    const streak = createLongest<ToolCall>();
    for (const call of timeline.mainCalls) {
      if (call.op !== "edit") continue;
      if (!hasFailed(call)) streak.restart();
      else streak.extend(call);
    }
    const worst = streak.longest();
    const severity = grade(worst.length, [
      [3, "high"],
      [2, "medium"],
    ]);
    if (severity === null) return null;
    const files = new Set(
      worst.flatMap(({ path }) => (path === null ? [] : [timeline.paths.show(timeline.paths.key(path))])),
    );
    const where = files.size === 1 ? ` in ${[...files].join("")}` : "";
    return {
      severity,
      count: worst.length,
      detail: `${worst.length} edits in a row failed${where}`,
      observations: worst.map(({ id }) => id),
    };
  },
};

function hasFailed({ error }: ToolCall): boolean {
  return error?.kind === "edit_mismatch" || error?.kind === "invalid_input";
}
