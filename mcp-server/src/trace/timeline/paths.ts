import type { Container } from "../rows/event.ts";
import { hash } from "../values/hash.ts";
import { toName } from "../values/names.ts";

/** Paths of a trace: compared in full, shown relative to the traced project or hashed. */
export type Paths = {
  /** One form for one file, so that `./a.js`, `a.js` and `/project/a.js` are equal. */
  readonly key: (path: string) => string;
  /** What may be shown: relative to the project, or 12 hexadecimal digits for anything outside it. */
  readonly show: (key: string) => string;
  /** The same for a row of the table of turns, where digits tell nothing: `(outside)`, and `.` for the project itself. */
  readonly place: (key: string) => string;
};

const MAX_SHOWN = 80;
const MAX_PLACE = 200;

/** `containers` tell the project's folder (`cwd`); without it the longest folder common to all paths stands for it. */
export function createPaths(
  containers: readonly Container[],
  calls: readonly { readonly path: string | null; readonly op: string }[],
): Paths {
  const recorded = containers.map(({ cwd }) => cwd).find((cwd) => cwd !== null && isAbsolute(cwd));
  const root = recorded === undefined ? commonFolder(calls) : normalize(recorded ?? "");
  // Several patterns ask for the same few paths of many calls.
  const keys = new Map<string, string>();
  const key = (path: string): string => {
    const known = keys.get(path);
    if (known !== undefined) return known;
    const clean = path.slice(0, 4000);
    const normal = normalize(isAbsolute(clean) || root === null ? clean : `${root}/${clean}`);
    keys.set(path, normal);
    return normal;
  };
  const below = (full: string): string =>
    root !== null && full.startsWith(`${root}/`) ? full.slice(root.length + 1) : full;
  const isInside = (relative: string): boolean =>
    !isAbsolute(relative) && !relative.startsWith("../") && relative !== "..";
  return {
    key,
    place: (full) => {
      if (full === root || full === "") return ".";
      const relative = below(full);
      return isInside(relative) ? toName(relative, MAX_PLACE) : "(outside)";
    },
    show: (full) => {
      const relative = below(full);
      const name = isInside(relative) ? toName(relative, MAX_SHOWN) : null;
      // A name that had to be cut or cleaned could stand for two files; the hash tells them apart.
      return name === null
        ? hash(full)
        : name === relative
          ? name
          : `${toName(relative, MAX_SHOWN - 14)}#${hash(full)}`;
    },
  };
}

function isAbsolute(path: string): boolean {
  return path.startsWith("/") || path.startsWith("~") || /^[A-Za-z]:[\\/]/u.test(path);
}

/** Forward slashes, no `.`, `..` folded, no empty parts. */
function normalize(path: string): string {
  const isRooted = path.startsWith("/");
  const parts: string[] = [];
  for (const part of path.split(/[\\/]+/u)) {
    if (part === "" || part === ".") continue;
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (part !== ".." || !isRooted) parts.push(part);
  }
  return (isRooted ? "/" : "") + parts.join("/");
}

function commonFolder(calls: readonly { readonly path: string | null; readonly op: string }[]): string | null {
  let common: string[] | null = null;
  for (const { path, op } of calls) {
    if (path === null || !isAbsolute(path) || (op !== "read" && op !== "edit")) continue;
    const folder = normalize(path.slice(0, 4000)).split("/").slice(0, -1);
    if (common === null) common = folder;
    else {
      const differs = common.findIndex((part, at) => part !== folder[at]);
      if (differs !== -1) common = common.slice(0, differs);
    }
  }
  // The root folder and a home folder are no project.
  return common === null || common.length < 3 ? null : common.join("/");
}
