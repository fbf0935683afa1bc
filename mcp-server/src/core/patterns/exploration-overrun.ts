import type { Call } from "../timeline.ts";
import { isBookkeeping } from "../tools.ts";
import { grade, type Pattern } from "./pattern.ts";

/**
 * The longest run of reading and searching without an edit, a test or a delegation. 20 calls are medium, 30 high
 * (supermodeltools/mcp #129): 15 calls, the published threshold, occur in 25 % of real sessions, 20 in 13 %, 30 in 3 %
 * (docs/base-rates.md). A run that only answers a question edits nothing, so it has to be followed by work.
 */
export const explorationOverrun: Pattern = {
  id: "exploration_overrun",
  detect: ({ timeline }) => {
    if (!timeline.isOrderKnown) return null;
    let run: Call[] = [];
    let worst: readonly Call[] = [];
    for (const call of timeline.mainCalls) {
      if (call.op === "read" || call.op === "search") run.push(call);
      else if (!isBookkeeping(call.tool)) {
        if (run.length > worst.length && isWork(call)) worst = run;
        run = [];
      }
    }
    const severity = grade(worst.length, [
      [30, "high"],
      [20, "medium"],
    ]);
    if (severity === null) return null;
    return {
      severity,
      count: worst.length,
      detail: `${worst.length} reads and searches in a row before the next edit, test or delegation`,
      observations: [worst[0], worst.at(-1)].flatMap((call) => (call === undefined ? [] : [call.id])),
    };
  },
};

function isWork({ op }: Call): boolean {
  return op === "edit" || op === "test" || op === "check" || op === "delegate";
}
