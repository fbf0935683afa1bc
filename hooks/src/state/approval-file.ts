import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { linkSync, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseApproval, type Approval } from "../../../mcp-server/src/audit/plop/approval.ts";
import { codeOf } from "../../../mcp-server/src/audit-error.ts";

/** Where approvals lie: one file for each session, and the key that tells a forged one. */
export type Store = { readonly folder: string };

const KEY = "key";
const KEY_BYTES = 32;
const OURS = /\.approval(?:\.[0-9a-f]+\.tmp)?$/u;
const STALE_MS = 7 * 24 * 3_600_000;

/**
 * The approval of a session: null when there is none, "damaged" when what lies there is not what this plugin wrote. Throws
 * what the file system throws.
 */
export function readApproval(store: Store, sessionId: string): Approval | "damaged" | null {
  let content: string;
  try {
    content = readFileSync(join(store.folder, fileOf(sessionId)), "utf8");
  } catch (error) {
    // This plugin writes no approval into a folder of someone else's, so none is hidden there.
    if (["ENOENT", "ENOTDIR"].includes(codeOf(error)) || !isMine(lstatSync(store.folder).uid)) return null;
    throw error;
  }
  const end = content.indexOf("\n");
  const [mac, json] = [content.slice(0, end), content.slice(end + 1)];
  const key = readKey(store);
  if (key === null || !isEqual(mac, sign(key, json))) return "damaged";
  const approval = parseApproval(json);
  return approval === null || approval.session_id !== sessionId ? "damaged" : approval;
}

/** The approval of a session as far as this plugin wrote it: null also for a damaged one. */
export function readIntact(store: Store, sessionId: string): Approval | null {
  const known = readApproval(store, sessionId);
  return known === "damaged" ? null : known;
}

/** Writes an approval, whole or not at all. */
export function writeApproval(store: Store, approval: Approval): void {
  mkdirSync(store.folder, { recursive: true, mode: 0o700 });
  assertPrivate(store.folder);
  const json = JSON.stringify(approval);
  const path = join(store.folder, fileOf(approval.session_id));
  const temporary = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    writeFileSync(temporary, `${sign(readKey(store) ?? createKey(store), json)}\n${json}`, { flag: "wx", mode: 0o600 });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

export function removeApproval(store: Store, sessionId: string): void {
  rmSync(join(store.folder, fileOf(sessionId)), { force: true });
}

/** Removes what sessions left behind that ended without a word more than a week ago. */
export function removeStale(store: Store): void {
  for (const name of readdirSync(store.folder)) {
    const path = join(store.folder, name);
    const age = Date.now() - (lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (OURS.test(name) && age > STALE_MS) rmSync(path, { force: true });
  }
}

function fileOf(sessionId: string): string {
  return `${createHash("sha256").update(sessionId).digest("hex").slice(0, 32)}.approval`;
}

/** A folder of someone else's, or one that others can write to, holds no approvals. */
function assertPrivate(folder: string): void {
  const stats = lstatSync(folder);
  const isClosed = process.platform === "win32" || (stats.mode & 0o077) === 0;
  if (!stats.isDirectory() || !isMine(stats.uid) || !isClosed)
    throw new Error(`${folder} is not a private folder of yours, so no approval is kept there`);
}

function isMine(uid: number): boolean {
  return process.getuid === undefined || uid === process.getuid();
}

function readKey({ folder }: Store): Buffer | null {
  try {
    const path = join(folder, KEY);
    const key = lstatSync(path).isFile() ? readFileSync(path) : Buffer.alloc(0);
    return key.length === KEY_BYTES ? key : null;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  }
}

/** Made under another name and linked into place, so that no hook ever reads half a key. */
function createKey(store: Store): Buffer {
  const path = join(store.folder, KEY);
  const temporary = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  writeFileSync(temporary, randomBytes(KEY_BYTES), { flag: "wx", mode: 0o600 });
  try {
    const isUseless = lstatSync(path, { throwIfNoEntry: false }) !== undefined && readKey(store) === null;
    if (isUseless) rmSync(path, { recursive: true, force: true });
    linkSync(temporary, path);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
  const key = readKey(store);
  if (key === null) throw new Error(`${path} cannot be written`);
  return key;
}

function sign(key: Buffer, json: string): string {
  return createHmac("sha256", key).update(json).digest("hex");
}

function isEqual(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
