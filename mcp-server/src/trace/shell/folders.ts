import type { Part } from "./split.ts";
import { words } from "./words.ts";

/**
 * The folder that each part of a line runs in, by the `cd` before it: as written, "" where the line does not tell. What begins
 * with `..` depends on where the shell was.
 */
export function toFolders(parts: readonly Part[]): readonly string[] {
  let folder = "";
  let outer: string | null = null;
  return parts.map(({ text, raw }) => {
    if (/^\s*\(/u.test(raw)) outer ??= folder;
    if (text.startsWith("cd ")) folder = enter(folder, words(text)[1] ?? "");
    const own = folder;
    // A pair of brackets is a shell of its own.
    if (outer !== null && /\)\s*$/u.test(raw)) {
      folder = outer;
      outer = null;
    }
    return own;
  });
}

function enter(folder: string, target: string): string {
  if (!/^[\w@./+~-]{1,200}$/u.test(target) || /^(?:-|\.\.|~)/u.test(target)) return "";
  const clean = target.replace(/^(?:\.\/)+|\/+$/gu, "");
  if (clean === "" || clean === ".") return folder;
  return target.startsWith("/") || folder === "" ? clean : `${folder}/${clean}`;
}
