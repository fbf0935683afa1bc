import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import {
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { parseApproval, type Approval } from "../../../mcp-server/src/audit/plop/approval.ts";
import { codeOf } from "../../../mcp-server/src/audit-error.ts";
import { isMine } from "./private-folder.ts";

/** Where approvals lie: one file for each prompt that began with `/plop`, and the key that tells a forged one. */
export type Store = { readonly folder: string };

const KEY = "key";
const KEY_BYTES = 32;
const OURS = /\.approval(?:\.[0-9a-f]+\.tmp)?$/u;
const STALE_MS = 7 * 24 * 3_600_000;

/**
 * The approval that guards a turn: the turn's own, or one of the session that is not spent yet. Null when there is none,
 * "damaged" when what lies there for this turn is not what this plugin wrote. Throws what the file system throws.
 */
export function findGuard(store: Store, sessionId: string, promptId: string | null): Approval | "damaged" | null {
  const own = promptId === null ? null : readApproval(store, sessionId, promptId);
  return own ?? readApprovals(store, sessionId).find(({ stage }) => stage !== "spent") ?? null;
}

/** The approval of one turn, as `findGuard` tells it. */
export function readApproval(store: Store, sessionId: string, promptId: string): Approval | "damaged" | null {
  const approval = readFile(store, fileOf(sessionId, promptId));
  if (approval === null || approval === "damaged") return approval;
  return approval.session_id === sessionId && approval.prompt_id === promptId ? approval : "damaged";
}

/** Every approval of a session as far as this plugin wrote it, in no order. */
export function readApprovals(store: Store, sessionId: string): readonly Approval[] {
  return namesIn(store.folder)
    .filter((name) => name.startsWith(toPrefix(sessionId)) && name.endsWith(".approval"))
    .map((name) => readFile(store, name))
    .filter((approval) => approval !== null && approval !== "damaged")
    .filter(({ session_id }) => session_id === sessionId);
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isAbsent(error, folder)) return [];
    throw error;
  }
}

function readFile(store: Store, name: string): Approval | "damaged" | null {
  const path = join(store.folder, name);
  try {
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return null;
    // Whoever may write there could have put a key of theirs beside a forged approval.
    if (!isMine(lstatSync(store.folder))) return null;
    assertPrivate(store.folder);
  } catch (error) {
    if (isAbsent(error, store.folder)) return null;
    return "damaged";
  }
  const content = readFileSync(path, "utf8");
  const end = content.indexOf("\n");
  const [mac, json] = [content.slice(0, end), content.slice(end + 1)];
  const key = readKey(store);
  if (key === null || !isEqual(mac, sign(key, json))) return "damaged";
  return parseApproval(json) ?? "damaged";
}

/** This plugin writes no approval into a folder of someone else's, so none is hidden in one that it may not read. */
function isAbsent(error: unknown, folder: string): boolean {
  return ["ENOENT", "ENOTDIR"].includes(codeOf(error)) || !isMine(lstatSync(folder));
}

/** Writes an approval, whole or not at all. */
export function writeApproval(store: Store, approval: Approval): void {
  mkdirSync(store.folder, { recursive: true, mode: 0o700 });
  assertPrivate(store.folder);
  const json = JSON.stringify(approval);
  const path = join(store.folder, fileOf(approval.session_id, approval.prompt_id));
  const temporary = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    writeFileSync(temporary, `${sign(readKey(store) ?? createKey(store), json)}\n${json}`, { flag: "wx", mode: 0o600 });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/**
 * Writes that an approval is spent or ended. Where that cannot be written, as on a full disk, the approval is emptied, which
 * makes it a damaged one: nothing may be edited by it either way.
 */
export function closeApproval(store: Store, approval: Approval): void {
  try {
    writeApproval(store, approval);
  } catch {
    truncateSync(join(store.folder, fileOf(approval.session_id, approval.prompt_id)));
  }
}

/** Removes what stands for a turn in which nothing is to be guarded. */
export function removeApproval(store: Store, { session_id, prompt_id }: Approval): void {
  rmSync(join(store.folder, fileOf(session_id, prompt_id)), { force: true });
}

/** Removes what guards turns that began more than a week ago. */
export function removeStale({ folder }: Store): void {
  for (const name of namesIn(folder)) {
    const path = join(folder, name);
    const age = Date.now() - (lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (OURS.test(name) && age > STALE_MS) rmSync(path, { force: true });
  }
}

function fileOf(sessionId: string, promptId: string): string {
  return `${toPrefix(sessionId)}${toHash(promptId).slice(0, 16)}.approval`;
}

function toPrefix(sessionId: string): string {
  return `${toHash(sessionId).slice(0, 32)}-`;
}

function toHash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** A folder of someone else's, or one that others can write to, holds no approvals. */
function assertPrivate(folder: string): void {
  const stats = lstatSync(folder);
  const isClosed = process.platform === "win32" || (stats.mode & 0o077) === 0;
  if (!stats.isDirectory() || !isMine(stats) || !isClosed)
    throw new Error(`${folder} is not a private folder of yours, so no approval is kept there`);
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
