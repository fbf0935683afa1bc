import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, link, lstat, mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { AuditError, codeOf } from "../errors.ts";

const TEMPORARY = /^\.[^/]+\.[0-9a-f]{12}\.tmp$/u;
const STALE_MS = 600_000;

/** Makes the folder, step by step, so that a link or file in its place is seen and not followed. */
export async function openFolder(projectFolder: string, steps: readonly string[]): Promise<string> {
  let folder = projectFolder;
  for (const step of steps) {
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
export async function readKnown(file: string): Promise<string | null> {
  try {
    const stats = await lstat(file);
    if (!stats.isFile()) throw new NotAFolder(stats.isSymbolicLink() ? "a link" : "a folder");
    return await readFile(file, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  }
}

/** A plain file's content; null when there is none, or something that cannot be read as one. */
export async function tryRead(file: string): Promise<string | null> {
  return readKnown(file).catch(() => null);
}

/** Puts content under a name, in place of what lies there, atomically. */
export async function replaceFile(folder: string, name: string, content: string): Promise<void> {
  await viaTemporary(folder, name, content, (temporary) => rename(temporary, join(folder, name)));
}

/** Puts content under a name that is free, atomically; false when the name is taken, whatever lies there. */
export async function createFile(folder: string, name: string, content: string): Promise<boolean> {
  try {
    await viaTemporary(folder, name, content, async (temporary) => {
      await link(temporary, join(folder, name)).catch((error: unknown) => {
        if (codeOf(error) === "EEXIST") throw error;
        // Some file systems have no hard links.
        return copyFile(temporary, join(folder, name), constants.COPYFILE_EXCL);
      });
      await rm(temporary);
    });
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

async function viaTemporary(
  folder: string,
  name: string,
  content: string,
  place: (temporary: string) => Promise<void>,
): Promise<void> {
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
    await place(temporary);
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

/** What to tell of a failed write. `thing` names it, `path` is relative to the project. */
export function toWriteError(error: unknown, thing: string, path: string): AuditError {
  const failed = `The ${thing} could not be written to ${path}.`;
  if (error instanceof NotAFolder) {
    return new AuditError(
      `${failed} There is ${error.message} where a plain ${/\.\w+$/u.test(path) ? "folder or file" : "folder"} is expected, and links are not followed. Remove or rename it, then try again.`,
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
