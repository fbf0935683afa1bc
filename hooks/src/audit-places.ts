import { join, resolve } from "node:path";
import { AUDITS, PLAN_PATH, SUMMARIES } from "../../mcp-server/src/audit/layout/places.ts";
import { followLinks, isWithin } from "./follow-links.ts";

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
