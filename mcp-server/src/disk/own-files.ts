import { closeSync, fstatSync, lstatSync, openSync, readdirSync, readSync } from "node:fs";
import { join } from "node:path";
import { INDEX_TITLE } from "../audit/history/index-page.ts";
import { parseKeptName } from "../audit/layout/kept-plans.ts";
import {
  APPROVALS_PATH,
  AUDITS,
  INDEX_PATH,
  MARKS_PATH,
  PLAN_PATH,
  SUMMARIES,
  UNDO_PATH,
} from "../audit/layout/places.ts";
import { TITLE } from "../audit/plan/wording.ts";

/** More files than a folder of audits has that is still looked through. */
const MAX_NAMES = 5000;

/**
 * Tells which files below docs/audit are the plugin's own, so that a folder of that name that a project keeps for itself
 * stays the project's. Asked with a path below docs/audit, in any case, forward slashes: "" is the folder itself, null a
 * path of which only that much is known. By name alone: the plan, the approvals log, a human's marks, what lies in the folders of summaries and of what was before.
 * By name and first line: kept plans and the index; where there is none yet, they are ours unless the folder holds files
 * and none of ours.
 */
export function createOwnership(projectFolder: string): (below: string | null) => boolean {
  const at = (path: string): string => join(projectFolder, path);
  const named = [PLAN_PATH, APPROVALS_PATH, MARKS_PATH, SUMMARIES, UNDO_PATH];
  const names = listNames(at(AUDITS));
  const isOurs = (name: string): boolean =>
    named.some((path) => path.toLowerCase() === `${AUDITS}/${name}`.toLowerCase()) ||
    isMarked(at(AUDITS), name) === true;
  let isProjects: boolean | null = null;
  const isFolderOurs = (): boolean => !(isProjects ??= names.length > 0 && !names.some(isOurs));
  return (below) => {
    const [first = "", ...rest] = (below ?? "").split("/").filter((step) => step !== "");
    if (first === "") return isFolderOurs();
    if (isOurs(first)) return true;
    if (rest.length > 0 || markOf(first) === null) return /[*?[{$\0]/u.test(first) && isFolderOurs();
    return isMarked(at(AUDITS), nameAsIs(names, first)) ?? isFolderOurs();
  };
}

/** What the first line of a file of this name has to be; null for a name that is none of ours. */
function markOf(name: string): string | null {
  if (`${AUDITS}/${name}`.toLowerCase() === INDEX_PATH.toLowerCase()) return INDEX_TITLE;
  return parseKeptName(name) === null ? null : TITLE;
}

/** Whether a file with such a name begins as ours do; null when there is none, or no plain one. */
function isMarked(folder: string, name: string): boolean | null {
  const mark = markOf(name);
  const path = join(folder, name);
  if (mark === null || lstatSync(path, { throwIfNoEntry: false })?.isFile() !== true) return null;
  const file = openSync(path, "r");
  try {
    const start = Buffer.alloc(Math.min(mark.length, fstatSync(file).size));
    return start.toString("utf8", 0, readSync(file, start, 0, start.length, 0)) === mark;
  } finally {
    closeSync(file);
  }
}

function nameAsIs(names: readonly string[], name: string): string {
  return names.includes(name) ? name : (names.find((one) => one.toLowerCase() === name.toLowerCase()) ?? name);
}

function listNames(folder: string): readonly string[] {
  try {
    return lstatSync(folder).isDirectory() ? readdirSync(folder).slice(0, MAX_NAMES) : [];
  } catch {
    return [];
  }
}
