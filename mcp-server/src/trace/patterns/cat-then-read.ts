import { isShell } from "../call/tools.ts";
import { type Pattern } from "./pattern.ts";
import { plural } from "../values/plural.ts";

/**
 * A file is printed whole by a shell command and read whole by the Read tool, in either order, without a change between.
 * Two files are low; one may be a habit of the first look.
 */
export const catThenRead: Pattern = {
  id: "cat_then_read",
  overrides: ["repeated_file_reads"],
  detect: ({ timeline }) => {
    if (!timeline.isOrderKnown) return null;
    // By epoch, then by file.
    const seen = new Map<number, Map<string, { readonly byShell: boolean; readonly id: string }>>();
    const twice = new Map<string, readonly string[]>();
    for (const call of timeline.mainCalls) {
      const { changed, epoch } = call;
      if (changed === "any") seen.clear();
      else for (const file of changed) seen.get(epoch)?.delete(file);
      const byShell = isShell(call.tool);
      for (const { key, range } of call.read) {
        if (range !== "") continue;
        const files = seen.get(epoch) ?? new Map<string, { readonly byShell: boolean; readonly id: string }>();
        const known = files.get(key);
        if (known !== undefined && known.byShell !== byShell) twice.set(key, [known.id, call.id]);
        seen.set(epoch, files.set(key, { byShell, id: call.id }));
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
