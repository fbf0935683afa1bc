import { join, resolve, sep } from "node:path";
import { AUDITS, PLAN_PATH, SUMMARIES } from "../../mcp-server/src/audit/layout/places.ts";
import { createOwnership } from "../../mcp-server/src/disk/own-files.ts";
import { followLinks, isWithin } from "./follow-links.ts";

/** docs/audit/summaries of a project, when it is no link itself. */
export function summariesOf(projectFolder: string): string {
  return join(followLinks(projectFolder), SUMMARIES);
}

/** Where a write goes: the plan, another file of the plugin below docs/audit, neither, or nowhere that anybody could tell. */
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
    const below = [real, written].flatMap((one) =>
      folders.flatMap((folder) =>
        isWithin(one.toLowerCase(), folder.toLowerCase())
          ? [one.slice(folder.length).split(sep).join("/").replace(/^\/+/u, "")]
          : [],
      ),
    );
    return below.some(createOwnership(project)) ? "audit" : "elsewhere";
  } catch {
    return "nowhere";
  }
}
