import type { GitStep } from "../shell/git-step.ts";
import type { Timeline } from "../timeline/timeline.ts";
import type { StepResult } from "./check-results.ts";
import { markPaths } from "./show-path.ts";
import type { Did } from "./steps.ts";

const MAX_FILES = 5;

/**
 * What git was not given: files that were changed before a commit and not added to it, where the turn itself added any; new
 * files that `commit -a` passes over; and a push with edits that no commit holds.
 */
export function toGitNotes(steps: readonly Did[], { paths }: Timeline): readonly string[] {
  const notes: string[] = [];
  /** Files that no commit holds, and whether git has never seen them. */
  let open = new Map<string, { readonly isNew: boolean }>();
  let added: string[] = [];
  let takes: GitStep["takes"] = "named";
  for (const { files, call, result, kind } of steps) {
    const git = result?.step.git ?? null;
    if ((kind === "edit" || kind === "write") && call.changed !== "any")
      for (const file of call.changed) open.set(file, open.get(file) ?? { isNew: call.isNewFile });
    if (git === null || !isDone(result)) continue;
    if (git.action === "add") added.push(...files);
    if ((git.action === "add" || git.action === "commit") && takes !== "all" && git.takes !== "named")
      takes = git.takes;
    if (git.action === "commit") {
      const left = [...open].filter(([file, { isNew }]) => isLeftOut(file, isNew, added, takes));
      if (left.length > 0) notes.push(`commit left out ${show(left, paths)}`);
      open = new Map(left);
      added = [];
      takes = "named";
    }
    if (git.action === "push" && open.size > 0) notes.push(`push without a commit of ${show([...open], paths)}`);
  }
  return notes;
}

/** Whether a command did what it says, as far as is known. */
export function isDone(result: StepResult | null): boolean {
  return result === null || result.verdict === "ok" || result.verdict === "hidden";
}

/** Without any `git add` in the turn, what stands in the index is not known. */
function isLeftOut(file: string, isNew: boolean, added: readonly string[], takes: GitStep["takes"]): boolean {
  if (takes === "all" || isAdded(added, file)) return false;
  return takes === "known" ? isNew : added.length > 0;
}

function isAdded(added: readonly string[], file: string): boolean {
  return added.some((place) => place === file || file.startsWith(`${place}/`));
}

function show(files: readonly (readonly [string, unknown])[], paths: Timeline["paths"]): string {
  return markPaths(
    files.map(([file]) => file),
    paths,
    MAX_FILES,
  ).join(", ");
}
