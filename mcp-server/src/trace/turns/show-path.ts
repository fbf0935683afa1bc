import type { Timeline } from "../timeline/timeline.ts";
import { truncate } from "../values/names.ts";

/** A row has room for so much of a path. */
const MAX_SHOWN = 48;

/** A path by itself: below the project, `.` for the project itself, `(outside)` for the rest. */
export function showPath(key: string, { place }: Timeline["paths"]): string {
  return shorten(place(key));
}

/**
 * The same inside a text of the table, told apart from it by two marks that no name can hold: how much of a path is shown is
 * known when all rows are, see name-paths.ts.
 */
export function markPath(key: string, { place }: Timeline["paths"]): string {
  const shown = place(key);
  return shown === "." || shown.startsWith("(") ? shown : `${BEGIN}${shown}${END}`;
}

const [BEGIN, END] = ["\uE000", "\uE001"];
const MARKED = /\uE000([^\uE001]*)\uE001/gu;

/** A text with its marked paths as `name` names them. */
export function showMarked(text: string, name: (path: string) => string): string {
  return text.includes(BEGIN) ? text.replace(MARKED, (_marked, path: string) => name(path)) : text;
}

/** The marked paths of a text. */
export function pathsIn(text: string): readonly string[] {
  return text.includes(BEGIN) ? [...text.matchAll(MARKED)].map(([, path = ""]) => path) : [];
}

/** The end of a long path tells more than its beginning, and a name is never begun in its middle. */
export function shorten(path: string): string {
  if (path.length <= MAX_SHOWN) return path;
  const parts = path.split("/");
  const last = parts.pop() ?? "";
  let tail = last;
  for (const part of parts.toReversed()) {
    if (part.length + tail.length + 3 > MAX_SHOWN) break;
    tail = `${part}/${tail}`;
  }
  return `…/${truncate(tail, MAX_SHOWN - 2)}`;
}

/** Marked paths, each once, with the number of those for which there is no room. */
export function markPaths(keys: Iterable<string>, paths: Timeline["paths"], max: number): readonly string[] {
  const shown = [...new Set([...keys].map((key) => markPath(key, paths)))];
  return cutList(shown, max);
}

/** The first of these, with the number of the others; `+3` may stand there already. */
export function cutList(names: readonly string[], max: number): readonly string[] {
  const before = Number(/^\+(\d+)$/u.exec(names.at(-1) ?? "")?.[1] ?? 0);
  const all = before === 0 ? names : names.slice(0, -1);
  return all.length <= max ? names : [...all.slice(0, max), `+${all.length - max + before}`];
}
