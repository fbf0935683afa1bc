import { lstatSync, realpathSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { AUDITS, PLAN_PATH, SUMMARIES } from "../../mcp-server/src/audit/layout/places.ts";
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

/** docs/audit/summaries of a project, when it is no link itself. */
export function summariesOf(projectFolder: string): string {
  return join(followLinks(projectFolder), SUMMARIES);
}

/** Where a write goes: the plan, another place below docs/audit, neither, or nowhere that anybody could tell. */
export type Place = "plan" | "audit" | "elsewhere" | "nowhere";

/** Tells where a path leads that a tool was given, relative to `cwd` or absolute, links followed. */
export function locate(projectFolder: string, cwd: string, path: string): Place {
  try {
    const project = followLinks(projectFolder);
    const audit = join(project, AUDITS);
    const written = resolve(cwd, path);
    const real = followLinks(written);
    if (real === join(project, PLAN_PATH)) return "plan";
    const folders = [audit, followLinks(audit), resolve(projectFolder, AUDITS)];
    // Some file systems take Docs/Audit for docs/audit.
    const isAudit = [real, written].some((one) =>
      folders.some((folder) => isWithin(one, folder) || isWithin(one.toLowerCase(), folder.toLowerCase())),
    );
    return isAudit ? "audit" : "elsewhere";
  } catch {
    return "nowhere";
  }
}
