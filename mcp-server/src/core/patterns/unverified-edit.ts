import { isCheck } from "../checks.ts";
import { changedFiles } from "../changes.ts";
import { isShell } from "../tools.ts";
import { plural, type Pattern } from "./pattern.ts";

/** Files whose change no test would notice. */
const PROSE =
  /\.(?:md|mdx|txt|rst|adoc|svg|png|jpe?g|gif|csv|lock)$|(?:^|\/)(?:LICENSE|CHANGELOG|README|CLAUDE|AGENTS)[^/]*$/iu;

/**
 * The run ended with a final answer and no test or check ran after its last edit of code (MAST FM-3.2, no verification:
 * 8.2 %). Not decidable when a later command is hidden, for it may have been the test; nor from a run without any shell,
 * which could not have tested.
 */
export const unverifiedEdit: Pattern = {
  id: "unverified_edit",
  detect: ({ timeline, ending }) => {
    if (!ending.completed || !timeline.isOrderKnown) return null;
    const calls = timeline.mainCalls;
    const edits = calls.filter((call) => {
      const changed = call.op === "edit" ? changedFiles(call, timeline) : [];
      return changed !== "any" && changed.some((file) => !PROSE.test(file));
    });
    const last = edits.at(-1);
    if (last === undefined) return null;
    const after = calls.slice(calls.indexOf(last) + 1);
    const later = [
      ...after,
      ...timeline.calls.filter(({ actor, start }) => actor !== "main" && (start ?? 0) >= (last.start ?? 0)),
    ];
    if (later.some((call) => isCheck(call) || (isShell(call.tool) && call.command === null))) return null;
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
