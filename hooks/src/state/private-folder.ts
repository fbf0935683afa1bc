import { lstatSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder of this user's own below the temporary one, for what has no other place. Not made yet. */
export function temporaryState(): string {
  return join(tmpdir(), `trace-audit-${process.getuid?.() ?? "user"}`);
}

/**
 * Makes a folder that only its owner can read. Throws when something else lies there: in a shared temporary folder someone
 * else could have put a link or a folder of theirs in place of ours.
 */
export function openPrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  assertMine(folder);
}

/** Throws for a link, a file, and a folder of another user. */
export function assertMine(folder: string): void {
  const stats = lstatSync(folder);
  if (!stats.isDirectory() || !isMine(stats)) throw new Error(`${folder} is not a folder of this user`);
}

/** Whether something belongs to this user; on Windows nobody can tell. */
export function isMine({ uid }: { readonly uid: number }): boolean {
  return process.getuid === undefined || uid === process.getuid();
}
