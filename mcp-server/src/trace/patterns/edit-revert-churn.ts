import { isCheck } from "../run/checks.ts";
import type { ToolCall } from "../call/tool-call.ts";
import { isPlanFile } from "../timeline/changes.ts";
import type { Timeline } from "../timeline/timeline.ts";
import { addTo } from "../values/lists.ts";
import { type Pattern } from "./pattern.ts";
import { plural } from "../values/plural.ts";

/** Taken back in so many places of a file, work was done in vain even when it was tried before. */
const MANY = 3;

type Pair = readonly [ToolCall, ToolCall];

/**
 * A later edit of a file is the exact inverse of an earlier one: work is done and undone (2506.18824; Graphectory
 * 2512.02393). Judged for each file. One or two edits that were run, tested or committed before they were taken back are an
 * experiment. Output for debugging and plan files do not count. Read blind, 4 of 5 were real.
 */
export const editRevertChurn: Pattern = {
  id: "edit_revert_churn",
  detect: ({ timeline }) => {
    if (!timeline.isOrderKnown) return null;
    const files = new Map<string, Pair[]>();
    for (const pair of toUndone(timeline)) addTo(files, timeline.paths.key(pair[0].path ?? ""), pair);
    const found = [...files]
      .map(([file, all]) => ({
        file,
        pairs: all.length >= MANY ? all : all.filter((pair) => !isTried(pair, timeline)),
      }))
      .filter(({ pairs }) => pairs.length > 0)
      .toSorted((left, right) => right.pairs.length - left.pairs.length || (left.file < right.file ? -1 : 1));
    const [worst] = found;
    if (worst === undefined) return null;
    const others = found.length - 1;
    return {
      severity: "medium",
      count: worst.pairs.length,
      detail: `${plural(worst.pairs.length, "edit")} of ${timeline.paths.show(worst.file)} undone by a later one${others > 0 ? `; and of ${plural(others, "other file")}` : ""}`,
      observations: worst.pairs.flat().map(({ id }) => id),
    };
  },
};

/** Edits of the main agent that a later one took back exactly, each with that later one. */
function toUndone({ mainCalls, paths }: Timeline): readonly Pair[] {
  const made = new Map<string, ToolCall>();
  const pairs: Pair[] = [];
  for (const call of mainCalls) {
    const { edit, path, error } = call;
    if (edit === null || path === null || error !== null || edit.oldHash === null || edit.newHash === null) continue;
    if (edit.oldHash === edit.newHash || edit.touches === "output" || isPlanFile(call, paths)) continue;
    const file = paths.key(path);
    const undone = made.get(`${file}\n${edit.newHash}\n${edit.oldHash}`);
    if (undone !== undefined) pairs.push([undone, call]);
    made.set(`${file}\n${edit.oldHash}\n${edit.newHash}`, call);
  }
  return pairs;
}

/** Whether anything was run between the two. A command that names what it writes is one more edit. */
function isTried([edit, undo]: Pair, { mainCalls }: Timeline): boolean {
  return mainCalls
    .slice(mainCalls.indexOf(edit), mainCalls.indexOf(undo))
    .some((call) => isCheck(call) || (call.op === "exec" && (call.command?.writes.length ?? 0) === 0));
}
