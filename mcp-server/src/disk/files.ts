import { createHash, randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  copyFileSync,
  fstatSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { AuditError, codeOf } from "../audit-error.ts";

// Everything here waits for the disk: a hook has nothing else to do, the files are small, and nothing can come between
// two steps of the same process.

const TEMPORARY = /^\.[^/]+\.[0-9a-f]{12}\.tmp$/u;
const STALE_MS = 600_000;

/** Makes the folder at a path such as `docs/audit`, step by step, so that a link or file in its place is seen and not followed. */
export function openFolder(projectFolder: string, path: string): string {
  let folder = projectFolder;
  for (const step of path.split("/")) {
    folder = join(folder, step);
    try {
      mkdirSync(folder);
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error;
    }
    const stats = lstatSync(folder);
    if (!stats.isDirectory()) throw new NotPlain(stats.isSymbolicLink() ? "a link" : "a file");
  }
  return folder;
}

class NotPlain extends Error {
  override readonly name = "NotPlain";
  readonly found: string;

  constructor(found: string) {
    super(`there is ${found} where a plain folder or file is expected`);
    this.found = found;
  }
}

/** What a file holds. */
export type Content = { readonly text: string; readonly sha256: string };

/** Bytes: more than any file below docs/audit has after years, and little enough to be read while a hook is waited for. */
const MAX_BYTES = 20_000_000;

/** A plain file's content, or null without one. Throws for a link or folder in its place, and above `maxBytes`. */
export function readPlain(file: string, maxBytes = MAX_BYTES): Content | null {
  const stats = lstatSync(file, { throwIfNoEntry: false });
  if (stats === undefined) return null;
  if (!stats.isFile()) throw new NotPlain(stats.isSymbolicLink() ? "a link" : "a folder");
  // A link that has taken its place since is not followed either.
  const opened = openSync(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  try {
    if (fstatSync(opened).size > maxBytes)
      throw new Error(`${basename(file)} is larger than ${maxBytes} bytes. Shorten it, or move it away`);
    const bytes = readFileSync(opened);
    return { text: bytes.toString("utf8"), sha256: toSha256(bytes) };
  } finally {
    closeSync(opened);
  }
}

/** A plain file's content; null when there is none, or something that cannot be read as one. */
export function tryRead(file: string, maxBytes = MAX_BYTES): Content | null {
  try {
    return readPlain(file, maxBytes);
  } catch {
    return null;
  }
}

/** The names in a folder, in no order; none when it cannot be read. */
export function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** When a file was last written, milliseconds since 1970; 0 when that cannot be told. */
export function timeOf(file: string): number {
  return lstatSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** In hexadecimal. */
export function toSha256(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

/** Puts content under a name, in place of what lies there, atomically. */
export function replaceFile(folder: string, name: string, content: string): void {
  viaTemporary(folder, name, content, (temporary) => renameSync(temporary, join(folder, name)));
}

/** Puts content under a name that is free, atomically; false when the name is taken, whatever lies there. */
export function createFile(folder: string, name: string, content: string): boolean {
  try {
    viaTemporary(folder, name, content, (temporary) => {
      try {
        linkSync(temporary, join(folder, name));
      } catch (error) {
        if (codeOf(error) === "EEXIST") throw error;
        // Some file systems have no hard links.
        copyFileSync(temporary, join(folder, name), constants.COPYFILE_EXCL);
      }
      rmSync(temporary);
    });
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

function viaTemporary(folder: string, name: string, content: string, place: (temporary: string) => void): void {
  removeStale(folder);
  const temporary = join(folder, `.${name}.${randomBytes(6).toString("hex")}.tmp`);
  try {
    const file = openSync(temporary, "wx", 0o644);
    try {
      writeFileSync(file, content, "utf8");
      // Without this a power failure could leave a renamed, empty file.
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    place(temporary);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Temporary files of a server that was killed; a living one holds its for milliseconds. */
function removeStale(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (!TEMPORARY.test(name)) continue;
    const stats = lstatSync(join(folder, name), { throwIfNoEntry: false });
    if (stats?.isFile() === true && Date.now() - stats.mtimeMs > STALE_MS) rmSync(join(folder, name), { force: true });
  }
}

/** What to tell of a failed write. `thing` names it, `path` is relative to the project. */
export function toWriteError(error: unknown, thing: string, path: string): AuditError {
  const failed = `The ${thing} could not be written to ${path}.`;
  if (error instanceof NotPlain) {
    return new AuditError(
      `${failed} There is ${error.found} where a plain ${/\.\w+$/u.test(path) ? "folder or file" : "folder"} is expected, and links are not followed. Remove or rename it, then try again.`,
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
