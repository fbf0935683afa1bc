import type { Timeline } from "../timeline/timeline.ts";
import { markPaths } from "./show-path.ts";
import type { Did } from "./steps.ts";

const MAX_FILES = 5;

/**
 * What git was not given: files that were edited before a commit and not added to it, where the turn itself added any; and
 * a push with edits that no commit holds.
 */
export function toGitNotes(steps: readonly Did[], { paths }: Timeline): readonly string[] {
  const notes: string[] = [];
  let edited = new Set<string>();
  let added: string[] = [];
  let isAllAdded = false;
  for (const { files, call, result, kind } of steps) {
    const git = result?.step.git ?? null;
    const isDone = result === null || result.verdict === "ok" || result.verdict === "hidden";
    if (kind === "edit" && call.changed !== "any") for (const file of call.changed) edited.add(file);
    if (git === null || !isDone) continue;
    if (git.action === "add") {
      added.push(...files);
      isAllAdded ||= git.all;
    }
    if (git.action === "commit") {
      const left =
        isAllAdded || git.all || added.length === 0 ? [] : [...edited].filter((file) => !isAdded(added, file));
      if (left.length > 0) notes.push(`commit left out ${show(left, paths)}`);
      edited = new Set(left);
      added = [];
      isAllAdded = false;
    }
    if (git.action === "push" && edited.size > 0) notes.push(`push without a commit of ${show([...edited], paths)}`);
  }
  return notes;
}

function isAdded(added: readonly string[], file: string): boolean {
  return added.some((place) => place === file || file.startsWith(`${place}/`));
}

function show(files: readonly string[], paths: Timeline["paths"]): string {
  return markPaths(files, paths, MAX_FILES).join(", ");
}
