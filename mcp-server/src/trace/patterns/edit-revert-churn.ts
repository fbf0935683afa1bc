import { isCheck } from "../run/checks.ts";
import type { ToolCall } from "../call/tool-call.ts";
import type { Timeline } from "../timeline/timeline.ts";
import { plural, type Pattern } from "./pattern.ts";
import { toUndone } from "./undone.ts";

/** Taken back in so many places, work was done in vain even when it was tried before. */
const MANY = 3;

/**
 * A later edit of a file is the exact inverse of an earlier one: work is done and undone (2506.18824; Graphectory
 * 2512.02393). One or two edits that were run, tested or committed before they were taken back are an experiment, most
 * often output for debugging. Many edits of one file are no sign of it: half of all real sessions have five
 * (docs/base-rates.md).
 */
export const editRevertChurn: Pattern = {
  id: "edit_revert_churn",
  detect: ({ timeline }) => {
    if (!timeline.isOrderKnown) return null;
    const all = toUndone(timeline);
    const pairs = all.length >= MANY ? all : all.filter((pair) => !isTried(pair, timeline));
    const [first] = pairs;
    if (first === undefined) return null;
    return {
      severity: "medium",
      count: pairs.length,
      detail: `${plural(pairs.length, "edit")} of ${timeline.paths.show(timeline.paths.key(first[0].path ?? ""))} undone by a later one`,
      observations: pairs.flat().map(({ id }) => id),
    };
  },
};

/** Whether anything was run between the two. A command that names what it writes is one more edit. */
function isTried([edit, undo]: readonly [ToolCall, ToolCall], { mainCalls }: Timeline): boolean {
  return mainCalls
    .slice(mainCalls.indexOf(edit), mainCalls.indexOf(undo))
    .some((call) => isCheck(call) || (call.op === "exec" && (call.command?.writes.length ?? 0) === 0));
}
