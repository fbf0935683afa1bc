import type { Timeline } from "../timeline/timeline.ts";
import { truncate } from "../values/names.ts";

/** A row has room for so much of a path. */
const MAX_SHOWN = 48;

/** A path as the table shows it: below the project, `.` for the project itself, `(outside)` for the rest. */
export function showPath(key: string, { place }: Timeline["paths"]): string {
  const shown = place(key);
  if (shown.length <= MAX_SHOWN) return shown;
  // The end of a long path tells more than its beginning, and a name is never begun in its middle.
  const parts = shown.split("/");
  const last = parts.pop() ?? "";
  let tail = last;
  for (const part of parts.toReversed()) {
    if (part.length + tail.length + 3 > MAX_SHOWN) break;
    tail = `${part}/${tail}`;
  }
  return `…/${truncate(tail, MAX_SHOWN - 2)}`;
}

/** The same of several, each once, with the number of those for which there is no room. */
export function showPaths(keys: Iterable<string>, paths: Timeline["paths"], max: number): readonly string[] {
  const shown = [...new Set([...keys].map((key) => showPath(key, paths)))];
  return shown.length <= max ? shown : [...shown.slice(0, max), `+${shown.length - max}`];
}
