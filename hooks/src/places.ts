import { lstatSync, realpathSync, statSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { judgePromptFile } from "../../mcp-server/src/audit/answers/prompt-files.ts";
import type { JudgeLinks } from "../../mcp-server/src/audit/answers/translation.ts";
import { PLAN_PATH } from "../../mcp-server/src/audit/plan/wording.ts";

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
        !isMissing(error) ||
        dirname(at) === at ||
        lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink() === true
      )
        throw error;
      missing.unshift(at.slice(dirname(at).length).replace(/^[/\\]/u, ""));
    }
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

/** Whether a path is a folder or lies below it; both without links. */
export function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/** Where a write goes: the plan, another place below docs/audit, or neither. */
export type Place = "plan" | "audit" | "elsewhere";

/** Tells where a path leads that a tool was given, relative to `cwd` or absolute, links followed. */
export function locate(projectFolder: string, cwd: string, path: string): Place {
  const project = followLinks(projectFolder);
  const audit = join(project, "docs", "audit");
  const written = resolve(cwd, path);
  const real = followLinks(written);
  if (real === join(project, ...PLAN_PATH.split("/"))) return "plan";
  const folders = [audit, followLinks(audit), resolve(projectFolder, "docs", "audit")];
  // Some file systems take Docs/Audit for docs/audit.
  const isAudit = [real, written].some((one) =>
    folders.some((folder) => isWithin(one, folder) || isWithin(one.toLowerCase(), folder.toLowerCase())),
  );
  return isAudit ? "audit" : "elsewhere";
}

/** Judges a plain relative path by where it leads: a link may lead to another prompt file of the project only. */
export function createLinkJudge(projectFolder: string): JudgeLinks {
  return (file) => {
    try {
      const project = followLinks(projectFolder);
      const real = followLinks(join(project, file));
      if (!isWithin(real, project)) return "it is a link that leads out of the project";
      if (statSync(real, { throwIfNoEntry: false })?.isDirectory() === true) return "it is a folder";
      const target = relative(project, real).split(sep).join("/");
      const problem = target === file ? null : judgePromptFile(target);
      return problem === null ? null : `it is a link to ${target}, and of that ${problem}`;
    } catch {
      return "it is a link that cannot be followed";
    }
  };
}
