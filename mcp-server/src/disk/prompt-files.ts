import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readSync, realpathSync } from "node:fs";
import { join, posix, relative, sep } from "node:path";
import { byForce } from "../audit/instructions/in-force.ts";
import { toImports } from "../audit/instructions/imports.ts";
import { judgePromptFile, mayBePromptFile } from "../audit/instructions/judge-prompt-file.ts";
import type { PromptFile, PromptFiles } from "../audit/instructions/prompt-file.ts";
import { isAuditPath } from "../audit/layout/places.ts";

/** Bounds of a reading that waits inside a hook; the nearest folders come first, so what they cut lies deep. */
const MAX_FILES = 400;
const MAX_FOLDERS = 20_000;
const MAX_DEPTH = 12;
const MAX_FILE_BYTES = 200_000;
const MAX_ALL_BYTES = 3_000_000;
const MAX_WALK_MS = 400;
/** As many hops as Claude Code follows from one import to the next (https://code.claude.com/docs/en/memory). */
const MAX_HOPS = 5;
const MAX_LINKS = 5;

/** Folders of what is fetched or made, and not the project's own text. What git ignores counts: CLAUDE.local.md is in force. */
const FOREIGN = new Set(
  (
    "node_modules bower_components jspm_packages vendor third_party third-party pods carthage .venv venv site-packages " +
    "__pycache__ .tox .nox .mypy_cache .pytest_cache .gradle .m2 .cargo .git .hg .svn .jj dist build out target coverage " +
    ".next .nuxt .svelte-kit .turbo .cache .parcel-cache .terraform .serverless .output .yarn .pnpm-store deriveddata"
  ).split(" "),
);

/**
 * The prompt files of a project as they are today: those whose name says so (`judgePromptFile`), and markdown that one of
 * them imports with `@path`. Those in force in every session come first. A file that several names lead to is there once. Links are
 * followed inside the project only; other repositories in it, vendored folders and docs/audit are not looked into. At most
 * 400 files, 200,000 bytes of each and 3,000,000 in all; where files, folders or the time of the search did not suffice,
 * `isPartial` says so. Folders deeper than 12 are not looked into, and that is not said. Never throws: what cannot be read is left out.
 */
export function readPromptFiles(project: string): PromptFiles {
  const root = tryTo(() => realpathSync(project));
  if (root === null) return [];
  const found = new Map<string, Found>();
  const isWalked = walk(root, found);
  const order = [...found.values()].toSorted((left, right) => byForce(left.path, right.path));
  const { files, isWhole } = readAll(root, order);
  return isWalked && isWhole ? files : Object.assign(files, { isPartial: true });
}

/** A file by where it really lies; `path` is the name that it is shown under. */
type Found = { readonly path: string; readonly real: string; readonly links: readonly string[] };

/** Finds prompt files, the nearest folders first; false when it ended at a bound before the last folder. */
function walk(root: string, found: Map<string, Found>): boolean {
  const until = performance.now() + MAX_WALK_MS;
  const seen = new Set<string>([root]);
  const folders: { readonly path: string; readonly real: string; readonly depth: number }[] = [
    { path: "", real: root, depth: 0 },
  ];
  let at = 0;
  for (; at < folders.length && at < MAX_FOLDERS && performance.now() < until; at += 1) {
    const folder = folders[at];
    if (folder === undefined) break;
    const entries = tryTo(() => readdirSync(folder.real, { withFileTypes: true })) ?? [];
    // Another checkout: a worktree, a submodule, a clone.
    if (folder.depth > 0 && entries.some(({ name }) => name === ".git")) continue;
    const told = entries.filter((entry) => !entry.isFile() || mayBePromptFile(entry.name));
    for (const entry of told.toSorted((left, right) => (left.name < right.name ? -1 : 1))) {
      const path = folder.path === "" ? entry.name : `${folder.path}/${entry.name}`;
      const place = join(folder.real, entry.name);
      const [isLink, isFile] = [entry.isSymbolicLink(), entry.isFile()];
      const isOther = !isLink && !isFile && !entry.isDirectory();
      if (isOther || (!isFile && (FOREIGN.has(entry.name.toLowerCase()) || isAuditPath(path)))) continue;
      const real = isLink ? inside(root, place) : place;
      if (real === null) continue;
      const stats = isLink ? tryTo(() => lstatSync(real)) : entry;
      if (stats?.isFile() === true) {
        if (judgePromptFile(path) === null) add(found, root, path, real);
      } else if (stats?.isDirectory() === true && folder.depth < MAX_DEPTH && !seen.has(real)) {
        // A folder counts once, by the first of its names; its files are shown under the name of where they lie.
        seen.add(real);
        folders.push({ path, real, depth: folder.depth + 1 });
      }
    }
  }
  return at >= folders.length;
}

/** Where a link leads, or null when that is outside the project, in docs/audit or .git, or nowhere. */
function inside(root: string, path: string): string | null {
  const real = tryTo(() => realpathSync(path));
  if (real === null || (real !== root && !real.startsWith(root + sep))) return null;
  const steps = toPath(root, real).split("/");
  return isAuditPath(steps.join("/")) || steps.includes(".git") ? null : real;
}

function toPath(root: string, real: string): string {
  return relative(root, real).split(sep).join("/");
}

/** A file is shown under the name of the place where it lies if that names a prompt file, else under the first that leads to it. */
function add(found: Map<string, Found>, root: string, path: string, real: string): void {
  const known = found.get(real);
  const own = toPath(root, real);
  const first = known?.path ?? (judgePromptFile(own) === null ? own : path);
  const links = [...(known?.links ?? []), path].filter((name, at, all) => name !== first && all.indexOf(name) === at);
  found.set(real, { path: first, real, links: links.slice(0, MAX_LINKS) });
}

/** Reads the files in their order, and behind each what it imports; `isWhole` when the bounds sufficed for all of them. */
function readAll(root: string, order: readonly Found[]): { readonly files: PromptFile[]; readonly isWhole: boolean } {
  const files: PromptFile[] = [];
  const isKnown = new Set(order.map(({ real }) => real));
  let left = MAX_ALL_BYTES;
  let isWhole = true;
  const read = (found: Found, hops: number): void => {
    if (files.length >= MAX_FILES || left <= 0) {
      isWhole = false;
      return;
    }
    const content = tryTo(() => readStart(found.real, Math.min(left, MAX_FILE_BYTES)));
    if (content === null) return;
    left -= content.bytes;
    const { path, links } = found;
    files.push({
      path,
      text: content.text,
      ...(links.length > 0 ? { links } : {}),
      ...(content.isCut ? { isCut: true } : {}),
    });
    if (hops === MAX_HOPS) return;
    for (const name of toImports(content.text)) {
      const real = inside(root, join(root, posix.dirname(path), name));
      if (real === null || isKnown.has(real)) continue;
      isKnown.add(real);
      read({ path: toPath(root, real), real, links: [] }, hops + 1);
    }
  };
  for (const found of order) read(found, 0);
  return { files, isWhole };
}

/** The start of a plain file; throws for anything else. A pipe that took its place does not make the reader wait. */
function readStart(
  file: string,
  max: number,
): { readonly text: string; readonly bytes: number; readonly isCut: boolean } {
  const opened = openSync(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  try {
    const stats = fstatSync(opened);
    if (!stats.isFile()) throw new Error("no plain file");
    const buffer = Buffer.alloc(Math.min(stats.size, max));
    let length = 0;
    for (let read = -1; read !== 0 && length < buffer.length; length += read)
      read = readSync(opened, buffer, length, buffer.length - length, length);
    const text = buffer.toString("utf8", 0, length).replace(/^\uFEFF/u, "");
    return { text, bytes: length, isCut: stats.size > max };
  } finally {
    closeSync(opened);
  }
}

function tryTo<T>(act: () => T): T | null {
  try {
    return act();
  } catch {
    return null;
  }
}
