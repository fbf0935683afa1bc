import { lstatSync, realpathSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { codeOf } from "../../mcp-server/src/audit-error.ts";

/**
 * A path with every link in it followed; what does not exist yet is kept below its nearest folder that does. Throws where
 * nobody can tell where a path leads: at a link to nothing, a loop, a folder that may not be read.
 */
export function followLinks(path: string): string {
  const missing: string[] = [];
  for (let at = resolve(path); ; at = dirname(at)) {
    try {
      return join(realpathSync.native(at), ...missing);
    } catch (error) {
      if (
        codeOf(error) !== "ENOENT" ||
        dirname(at) === at ||
        lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink() === true
      )
        throw error;
      missing.unshift(at.slice(dirname(at).length).replace(/^[/\\]/u, ""));
    }
  }
}

/** Whether a path is a folder or lies below it; both without links. */
export function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}
