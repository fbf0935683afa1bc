import { createHash, randomBytes } from "node:crypto";
import { lstat, mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { formatJson } from "./core/format.ts";
import type { Summary } from "./core/schema.ts";
import { AuditError } from "./errors.ts";

export type Written = {
  readonly trace_id: string;
  /** Relative to the project, with forward slashes. */
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly status: "created" | "unchanged" | "replaced";
};

const FOLDER = ["docs", "audit", "summaries"] as const;
const TEMPORARY = /^\.[^/]+\.[0-9a-f]{12}\.tmp$/u;
const STALE_MS = 600_000;

/**
 * Writes a summary to `docs/audit/summaries/<trace_id>.json` below the project, atomically: the file is whole or absent,
 * whatever happens meanwhile, and nothing is written through a link. The same summary leaves the file untouched.
 */
export async function writeSummary(projectFolder: string, summary: Summary): Promise<Written> {
  const name = toFileName(summary.trace_id);
  const path = [...FOLDER, name].join("/");
  try {
    const folder = await openFolder(projectFolder);
    const content = formatJson(summary);
    const known = await readKnown(join(folder, name));
    if (known !== content) await replace(folder, name, content);
    return {
      trace_id: summary.trace_id,
      path,
      sha256: createHash("sha256").update(content).digest("hex"),
      bytes: Buffer.byteLength(content),
      status: known === null ? "created" : known === content ? "unchanged" : "replaced",
    };
  } catch (error) {
    throw toAuditError(error, path);
  }
}

/** An id that is no safe file name is percent-encoded, dots included; a long one is cut and told apart by its hash. */
export function toFileName(traceId: string): string {
  const encoded = encodeURIComponent(traceId.toWellFormed()).replace(
    /[.!'()*~]/gu,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  // File systems allow 255 bytes; the temporary file's name is 19 longer.
  const isLong = encoded.length > 200;
  return `${isLong ? `${encoded.slice(0, 150)}-${createHash("sha256").update(traceId).digest("hex").slice(0, 16)}` : encoded}.json`;
}

/** Makes the folder, step by step, so that a link or file in its place is seen and not followed. */
async function openFolder(projectFolder: string): Promise<string> {
  let folder = projectFolder;
  for (const step of FOLDER) {
    folder = join(folder, step);
    try {
      await mkdir(folder);
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error;
    }
    const stats = await lstat(folder);
    if (stats.isSymbolicLink()) throw new NotAFolder("a link");
    if (!stats.isDirectory()) throw new NotAFolder("a file");
  }
  return folder;
}

class NotAFolder extends Error {
  override readonly name = "NotAFolder";
}

/** The content that lies there, or null. A link or folder in the file's place is refused rather than replaced. */
async function readKnown(file: string): Promise<string | null> {
  try {
    const stats = await lstat(file);
    if (!stats.isFile()) throw new NotAFolder(stats.isSymbolicLink() ? "a link" : "a folder");
    return await readFile(file, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  }
}

async function replace(folder: string, name: string, content: string): Promise<void> {
  await removeStale(folder);
  const temporary = join(folder, `.${name}.${randomBytes(6).toString("hex")}.tmp`);
  try {
    const file = await open(temporary, "wx", 0o644);
    try {
      await file.writeFile(content, "utf8");
      // Without this a power failure could leave a renamed, empty file.
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, join(folder, name));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Temporary files of a server that was killed; a living one holds its for milliseconds. */
async function removeStale(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!TEMPORARY.test(name)) continue;
    const stats = await lstat(join(folder, name)).catch(() => null);
    if (stats?.isFile() === true && Date.now() - stats.mtimeMs > STALE_MS)
      await rm(join(folder, name), { force: true });
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

function toAuditError(error: unknown, path: string): AuditError {
  const failed = `The summary could not be written to ${path}.`;
  if (error instanceof NotAFolder) {
    return new AuditError(
      `${failed} There is ${error.message} where a plain ${path.endsWith(".json") ? "folder or file" : "folder"} is expected, and links are not followed. Remove or rename it, then try again.`,
      { cause: error },
    );
  }
  const code = codeOf(error);
  const [why, what] = REASONS[code] ?? [
    `The file system refused (${code || "unknown error"})`,
    "Look at the folder, then try again",
  ];
  return new AuditError(`${failed} ${why}. ${what}.`, { cause: error });
}

const REASONS: Readonly<Record<string, readonly [why: string, what: string] | undefined>> = {
  ENOSPC: ["The disk is full", "Free some space, then try again"],
  EDQUOT: ["Your disk quota is used up", "Free some space, then try again"],
  EACCES: [
    "You may not write in that folder",
    "Change its permissions, or start Claude Code in a project you can write to",
  ],
  EPERM: [
    "You may not write in that folder",
    "Change its permissions, or start Claude Code in a project you can write to",
  ],
  EROFS: ["The folder is on a read-only file system", "Start Claude Code in a project you can write to"],
  ENOENT: ["The project folder is not there", "Start Claude Code in the project's folder, then try again"],
  ENOTDIR: ["A file is in the way of a folder", "Remove or rename it, then try again"],
};
