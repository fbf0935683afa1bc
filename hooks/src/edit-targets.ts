import { lstatSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { judgePromptFile } from "../../mcp-server/src/audit/instructions/judge-prompt-file.ts";
import type { JudgeLinks } from "../../mcp-server/src/audit/answers/refactoring-specialist.ts";
import type { Target } from "../../mcp-server/src/audit/plop/tool-call.ts";
import type { ReadTarget } from "../../mcp-server/src/audit/plop/reading.ts";
import { followLinks, isWithin } from "./follow-links.ts";

/** Why a path leads to no file that may be changed, in the words of the command that says so. */
type Words = {
  readonly nowhere: string;
  readonly folder: string;
  readonly outside: string;
  /** `target` is where the link leads, relative to the project, and `problem` what is wrong with that. */
  readonly elsewhere: (target: string, problem: string) => string;
};

export const IN_AUDIT: Words = {
  nowhere: "it is a link that cannot be followed",
  folder: "it is a folder",
  outside: "it is a link that leads out of the project",
  elsewhere: (target, problem) => `it is a link to ${target}, and of that ${problem}`,
};
export const IN_PLOP: Words = {
  nowhere: "it leads through a link to nowhere or through a file",
  folder: "it is no plain file",
  outside: "it leads out of the project through a link",
  elsewhere: (_target, problem) => problem,
};

/**
 * Where writing to an absolute path would end up. The nearest existing parent is resolved when the file does not exist yet.
 * Uncertain is what leads through a link to nowhere, is no plain file, has a second name on disk (a hard link), or lies in
 * the plugin's own folders, absolute.
 */
export function resolveTarget(
  project: string,
  path: string,
  ownFolders: readonly string[],
  words: Words = IN_PLOP,
): Target {
  const real = tryFollow(path);
  if (real === null) return { problem: words.nowhere };
  const stats = lstatSync(real, { throwIfNoEntry: false });
  if (stats?.isDirectory() === true) return { problem: words.folder };
  if (stats !== undefined && !stats.isFile()) return { problem: "it is no plain file" };
  if (stats !== undefined && stats.nlink > 1)
    return { problem: "the file has a second name on disk (a hard link), which would change with it" };
  if (ownFolders.some((folder) => isWithin(fold(real), fold(tryFollow(folder) ?? folder))))
    return { problem: "it belongs to this plugin, which does not change itself" };
  const root = followLinks(project);
  return { real, inProject: isWithin(real, root) ? relative(root, real).split(sep).join("/") : null };
}

/** Where reading an absolute path would end up. */
export function resolveRead(project: string, path: string): ReadTarget {
  const real = tryFollow(path);
  if (real === null) return { problem: IN_PLOP.nowhere };
  const root = followLinks(project);
  const stats = lstatSync(real, { throwIfNoEntry: false });
  const isPlain = stats === undefined || stats.isFile() || stats.isDirectory();
  if (!isPlain) return { problem: "it is no plain file" };
  const inProject = isWithin(real, root) ? relative(root, real).split(sep).join("/") : null;
  return { real, inProject, isFolder: stats?.isDirectory() === true };
}

/** Judges a plain path of a plan by where it leads: a link may lead to another prompt file of the project only. */
export function createLinkJudge(project: string, ownFolders: readonly string[], words: Words): JudgeLinks {
  return (file) => {
    const target = resolveTarget(project, join(project, file), ownFolders, words);
    if ("problem" in target) return target.problem;
    if (target.inProject === null) return words.outside;
    const problem = target.inProject === file ? null : judgePromptFile(target.inProject);
    return problem === null ? null : words.elsewhere(target.inProject, problem);
  };
}

function tryFollow(path: string): string | null {
  try {
    return followLinks(path);
  } catch {
    return null;
  }
}

/** One spelling for what some file systems take for one name. */
function fold(path: string): string {
  return path.normalize("NFC").toLowerCase();
}
