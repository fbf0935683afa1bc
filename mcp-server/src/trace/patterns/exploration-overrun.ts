import { isPlanFile } from "../timeline/changes.ts";
import type { ToolCall } from "../call/tool-call.ts";
import { isBookkeeping } from "../call/tools.ts";
import { asksToLook } from "../values/objection.ts";
import { grade, type Pattern } from "./pattern.ts";

/**
 * The longest run of reading and searching without an edit, a test or a delegation, in steps: calls that were asked for
 * together are one look. 18 steps are medium, 30 high. The published threshold is 15 (supermodeltools/mcp #129); counted
 * in calls it found runs that read many places at once for a change of many places. A run that only answers a question or
 * writes a plan edits nothing, so it has to be followed by work; and where the prompt asks for a look around, it is the
 * work (2 of 6 read blind were real). Not decidable without the prompt.
 */
export const explorationOverrun: Pattern = {
  id: "exploration_overrun",
  detect: ({ timeline, said }) => {
    if (!timeline.isOrderKnown || asksToLook(said) !== false) return null;
    let run: ToolCall[] = [];
    let worst: readonly ToolCall[] = [];
    for (const call of timeline.mainCalls) {
      if (call.op === "read" || call.op === "search") {
        if (run.at(-1)?.batch !== call.batch) run.push(call);
      } else if (!isBookkeeping(call.tool)) {
        if (run.length > worst.length && isWork(call) && !isPlanFile(call, timeline.paths)) worst = run;
        run = [];
      }
    }
    const severity = grade(worst.length, [
      [30, "high"],
      [18, "medium"],
    ]);
    if (severity === null) return null;
    return {
      severity,
      count: worst.length,
      detail: `${worst.length} steps in a row of only reading and searching before the next edit, test or delegation`,
      observations: [worst[0], worst.at(-1)].flatMap((call) => (call === undefined ? [] : [call.id])),
    };
  },
};

function isWork({ op }: ToolCall): boolean {
  return op === "edit" || op === "test" || op === "check" || op === "delegate";
}
