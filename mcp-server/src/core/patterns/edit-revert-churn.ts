import type { Call } from "../timeline.ts";
import { plural, type Pattern } from "./pattern.ts";

/**
 * A later edit of a file is the exact inverse of an earlier one: work is done and undone (2506.18824; Graphectory
 * 2512.02393). Many edits of one file are no sign of it: half of all real sessions have five (docs/base-rates.md).
 */
export const editRevertChurn: Pattern = {
  id: "edit_revert_churn",
  detect: ({ timeline }) => {
    if (!timeline.isOrderKnown) return null;
    const made = new Map<string, Call>();
    const pairs: (readonly [Call, Call])[] = [];
    for (const call of timeline.mainCalls) {
      const { edit, path, error } = call;
      if (edit === null || path === null || error !== null || edit.oldHash === null || edit.newHash === null) continue;
      if (edit.oldHash === edit.newHash) continue;
      const file = timeline.paths.key(path);
      const undone = made.get(`${file}\n${edit.newHash}\n${edit.oldHash}`);
      if (undone !== undefined) pairs.push([undone, call]);
      made.set(`${file}\n${edit.oldHash}\n${edit.newHash}`, call);
    }
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
