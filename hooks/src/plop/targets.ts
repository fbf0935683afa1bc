import { codeOf } from "../../../mcp-server/src/errors.ts";
import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync } from "node:fs";
import { basename, join, relative, sep } from "node:path";
import { judgePromptFile } from "../../../mcp-server/src/audit/answers/prompt-files.ts";
import { PLAN_PATH } from "../../../mcp-server/src/audit/plan/wording.ts";
import type { Target } from "../../../mcp-server/src/audit/plop/tool-call.ts";
import { followLinks, isWithin } from "../places.ts";

/** Folders, absolute, of which nothing may be changed: the plugin's own files and its state. */
export type Own = readonly string[];
/** More than any file of prompts needs; the guard keeps the text of each for the count of changed lines. */
const MAX_BYTES = 1_000_000;

/**
 * Where writing to an absolute path would end up. The nearest existing parent is resolved when the file does not exist yet.
 * Uncertain is what leads through a link to nowhere, is no plain file, has a second name on disk (a hard link), or lies in
 * the plugin's own folders.
 */
export function resolveTarget(project: string, path: string, own: Own): Target {
  const real = tryFollow(path);
  if (real === null) return { problem: "it leads through a link to nowhere or through a file" };
  const stats = lstatSync(real, { throwIfNoEntry: false });
  if (stats !== undefined && !stats.isFile()) return { problem: "it is no plain file" };
  if (stats !== undefined && stats.nlink > 1)
    return { problem: "the file has a second name on disk (a hard link), which would change with it" };
  if (own.some((folder) => isWithin(fold(real), fold(tryFollow(folder) ?? folder))))
    return { problem: "it belongs to this plugin, which does not change itself" };
  const root = followLinks(project);
  return { real, inProject: isWithin(real, root) ? relative(root, real).split(sep).join("/") : null };
}

/** Why a file that a plan lists cannot be changed once its links are followed, or null. */
export function judgeLinks(project: string, file: string, own: Own): string | null {
  const target = resolveTarget(project, join(project, file), own);
  if ("problem" in target) return target.problem;
  if (target.inProject === null) return "it leads out of the project through a link";
  return target.inProject === file ? null : judgePromptFile(target.inProject);
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

export type Content = { readonly text: string; readonly sha256: string };

/** The plan's content, or null when there is none or a link stands in its place or above it in the project. */
export function readPlan(project: string): Content | null {
  const steps = PLAN_PATH.split("/");
  for (const depth of steps.keys()) {
    const stats = lstatSync(join(project, ...steps.slice(0, depth + 1)), { throwIfNoEntry: false });
    if (stats === undefined) return null;
    if (depth < steps.length - 1 ? !stats.isDirectory() : !stats.isFile())
      throw new Error(
        `${steps.slice(0, depth + 1).join("/")} is a link or no plain ${depth < 2 ? "folder" : "file"}, and links are not followed`,
      );
  }
  return readContent(join(project, ...steps));
}

/** A file's content, or null when it does not exist. A link in its place is not followed. */
export function readContent(path: string): Content | null {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  }
  try {
    const { size } = fstatSync(file);
    if (size > MAX_BYTES) throw new Error(`${basename(path)} is larger than ${MAX_BYTES} bytes`);
    const bytes = readFileSync(file);
    return { text: bytes.toString("utf8"), sha256: createHash("sha256").update(bytes).digest("hex") };
  } finally {
    closeSync(file);
  }
}
