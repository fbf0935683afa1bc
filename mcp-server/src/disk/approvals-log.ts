import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, realpathSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { codeOf } from "../audit-error.ts";
import { findUndone, parseApprovals, type ApprovalsLine, type PlanStatus } from "../audit/layout/approvals-log.ts";
import { APPROVALS_PATH, AUDITS } from "../audit/layout/places.ts";
import { readPlain } from "./files.ts";

/** Appends a line to the approvals log. Throws when it cannot, and when a link stands in the way. */
export function appendApproval(projectFolder: string, line: ApprovalsLine): void {
  assertAudited(projectFolder);
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_RDWR } = constants;
  // A pipe in its place would hold the hook up until Claude Code gives up on its answer.
  const flags = O_RDWR | O_APPEND | O_CREAT | (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0);
  const file = openSync(join(projectFolder, APPROVALS_PATH), flags, 0o644);
  try {
    const stats = fstatSync(file);
    const { size, nlink } = stats;
    if (!stats.isFile()) throw new Error(`${APPROVALS_PATH} is no plain file`);
    if (nlink > 1) throw new Error(`${APPROVALS_PATH} has a second name on disk (a hard link)`);
    const last = Buffer.alloc(1);
    // A hook that was killed while it wrote may have left half a line, which ends here.
    const isTorn = size > 0 && readSync(file, last, 0, 1, size - 1) === 1 && last.toString() !== "\n";
    const bytes = Buffer.from(`${isTorn ? "\n" : ""}${JSON.stringify(line)}\n`);
    // A disk that is nearly full takes a part of a line without an error.
    if (writeSync(file, bytes) < bytes.length) throw new Error(`${APPROVALS_PATH} took only a part of the line`);
  } finally {
    closeSync(file);
  }
}

/** What the approvals log says of the plan with this hash, or null. Throws when a link stands in its place. */
export function readStatus(projectFolder: string, sha256: string): PlanStatus | null {
  const log = readPlain(join(projectFolder, APPROVALS_PATH));
  return parseApprovals(log?.text ?? "").get(sha256) ?? null;
}

/**
 * Appends a line for each executed plan whose files hold again what they held before, so that it counts as not executed from
 * then on. Never throws: what cannot be read or written is tried again the next time.
 */
export function noteUndone(projectFolder: string, session: string): void {
  try {
    const log = readPlain(join(projectFolder, APPROVALS_PATH))?.text ?? "";
    const found = findUndone(log, (file) => hashOf(join(projectFolder, file)), new Date().toISOString(), session);
    for (const line of found) appendApproval(projectFolder, line);
  } catch {
    // What is not noted counts as executed.
  }
}

/** Links are followed, as they were when the file was changed. */
function hashOf(path: string): string | null | undefined {
  try {
    return readPlain(realpathSync(path))?.sha256 ?? null;
  } catch (error) {
    return codeOf(error) === "ENOENT" ? null : undefined;
  }
}

/** Whether the project has a folder of audits, no link, and so a place for the approvals log. */
export function isAudited(projectFolder: string): boolean {
  try {
    assertAudited(projectFolder);
    return true;
  } catch {
    return false;
  }
}

function assertAudited(projectFolder: string): void {
  for (const path of [dirname(AUDITS), AUDITS]) {
    if (lstatSync(join(projectFolder, path), { throwIfNoEntry: false })?.isDirectory() !== true)
      throw new Error(`${path} is no plain folder, and links are not followed`);
  }
}
