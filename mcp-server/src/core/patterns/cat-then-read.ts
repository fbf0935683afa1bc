import { changedFiles, readFiles } from "../changes.ts";
import { isShell } from "../tools.ts";
import { plural, type Pattern } from "./pattern.ts";

/**
 * A file is printed whole by a shell command and read whole by the Read tool, in either order, without a change between.
 * Two files are low (4.9 % of real sessions); one may be a habit of the first look (docs/base-rates.md).
 */
export const catThenRead: Pattern = {
  id: "cat_then_read",
  detect: ({ timeline }) => {
    if (!timeline.isOrderKnown) return null;
    const seen = new Map<string, { readonly byShell: boolean; readonly id: string }>();
    const twice = new Map<string, readonly string[]>();
    for (const call of timeline.mainCalls) {
      const changed = changedFiles(call, timeline);
      if (changed === "any") seen.clear();
      else for (const file of changed) seen.delete(`${call.epoch}\n${file}`);
      const byShell = isShell(call.tool);
      for (const { key, range } of readFiles(call, timeline)) {
        if (range !== "") continue;
        const slot = `${call.epoch}\n${key}`;
        const known = seen.get(slot);
        if (known !== undefined && known.byShell !== byShell) twice.set(key, [known.id, call.id]);
        seen.set(slot, { byShell, id: call.id });
      }
    }
    if (twice.size < 2) return null;
    return {
      severity: "low",
      count: twice.size,
      detail: `${plural(twice.size, "file")} printed by a shell command and read again by the Read tool`,
      observations: [...twice.values()].flat(),
    };
  },
};
