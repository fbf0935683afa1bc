import { isCheck } from "../run/checks.ts";
import { isProse } from "../timeline/changes.ts";
import { isShell } from "../call/tools.ts";
import type { ToolCall } from "../call/tool-call.ts";
import { plural, type Pattern } from "./pattern.ts";
import { toUndone } from "./undone.ts";

/**
 * The run ended with a final answer and no test or check ran after its last edit of code (MAST FM-3.2, no verification:
 * 8.2 %). Edits that were taken back need no test. Not decidable when a later command is hidden or may have changed
 * anything (a program that was run, a checkout), for it may have tried or undone the edit; when a human refused a later
 * call, and with it the way the work went; nor from a single edit in a run without any shell, which could
 * not have tested.
 */
export const unverifiedEdit: Pattern = {
  id: "unverified_edit",
  detect: ({ timeline, ending }) => {
    if (!ending.completed || !timeline.isOrderKnown) return null;
    const calls = timeline.mainCalls;
    const undone = new Set(toUndone(timeline).flat());
    const edits = calls.filter((call) => {
      const changed = call.op === "edit" ? call.changed : [];
      return changed !== "any" && !changed.every(isProse) && !undone.has(call);
    });
    const last = edits.at(-1);
    if (last === undefined) return null;
    const after = calls.slice(calls.indexOf(last) + 1);
    const later = [
      ...after,
      ...timeline.calls.filter(({ actor, start }) => actor !== "main" && (start ?? 0) >= (last.start ?? 0)),
    ];
    if (later.some((call) => isCheck(call) || mayDecide(call))) return null;
    const isDecided = timeline.calls.some(({ tool }) => isShell(tool)) || edits.length > 1;
    if (!isDecided) return null;
    return {
      severity: "medium",
      count: edits.length,
      detail: `no test or check after the last of ${plural(edits.length, "code edit")}`,
      observations: [last.id],
    };
  },
};

function mayDecide({ tool, command, error }: ToolCall): boolean {
  return (isShell(tool) && (command === null || command.writes === "any")) || error?.kind === "user_rejected";
}
