import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { formatIndex, INDEX_TITLE } from "../audit/history/index-page.ts";
import { parseApprovals, type ApprovalsLine } from "../audit/layout/approvals.ts";
import { parseKeptName, toKeptName } from "../audit/layout/kept-plans.ts";
import { APPROVALS_PATH, AUDITS, INDEX_PATH, PLAN_PATH } from "../audit/layout/places.ts";
import type { KeptPlan } from "../audit/plan/kept-plan.ts";
import { parsePlan } from "../audit/plan/parse.ts";
import { traceIdsOf, type Plan } from "../audit/plan/plan.ts";
import { createFile, openFolder, readPlain, replaceFile, toWriteError, tryRead, type Content } from "./files.ts";
import { readRuns } from "./summaries.ts";

/** More audits of one trace on one day than anyone makes. */
const MAX_NUMBER = 9999;
/** More than any plan, or any file of prompts, needs. */
const MAX_BYTES = 1_000_000;

/** The plan's content, or null without one. Throws when a link stands in its place or above it, and above 1,000,000 bytes. */
export function readPlan(projectFolder: string): Content | null {
  const steps = PLAN_PATH.split("/");
  for (const depth of steps.keys()) {
    const path = steps.slice(0, depth + 1).join("/");
    const isFolder = depth < steps.length - 1;
    const stats = lstatSync(join(projectFolder, path), { throwIfNoEntry: false });
    if (stats === undefined) return null;
    if (isFolder ? !stats.isDirectory() : !stats.isFile())
      throw new Error(`${path} is a link or no plain ${isFolder ? "folder" : "file"}, and links are not followed`);
  }
  return readContent(join(projectFolder, PLAN_PATH));
}

/** A file of prompts as the plan has it: its content, or null without one. Throws as `readPlan` does. */
export function readContent(file: string): Content | null {
  return readPlain(file, MAX_BYTES);
}

/** An accepted plan to keep. `own` is the kept plan that holds an earlier form of it in this session, or null. */
export type Accepted = {
  readonly content: string;
  readonly plan: Plan;
  /** `YYYY-MM-DD`, in UTC. */
  readonly date: string;
  readonly own: string | null;
};

/**
 * Keeps an accepted plan as `docs/audit/<date>-<trace>.md`, byte for byte, and rebuilds the index. It takes the place of
 * its own earlier form unless a human has approved that; no other kept plan is ever overwritten. Returns the file's name.
 * Throws an AuditError when the folder or a file in it is a link, or cannot be written.
 */
export function keepPlan(projectFolder: string, { content, plan, date, own }: Accepted): string {
  try {
    const folder = openFolder(projectFolder, AUDITS);
    const file = replaceOwn(folder, own, content) ?? createKept(folder, plan, date, content);
    writeIndex(projectFolder, folder);
    return file;
  } catch (error) {
    throw toWriteError(error, "plan's entry in the audit history", AUDITS);
  }
}

function replaceOwn(folder: string, own: string | null, content: string): string | null {
  if (own === null || parseKeptName(own) === null) return null;
  const known = readPlain(join(folder, own));
  if (known === null) return null;
  if (known.text === content) return own;
  const log = readPlain(join(folder, basename(APPROVALS_PATH)));
  if (parseApprovals(log?.text ?? "").has(known.sha256)) return null;
  replaceFile(folder, own, content);
  return own;
}

function createKept(folder: string, plan: Plan, date: string, content: string): string {
  for (let number = 1; number <= MAX_NUMBER; number += 1) {
    const file = toKeptName(date, traceIdsOf(plan), number);
    if (createFile(folder, file, content)) return file;
  }
  throw new Error("no name is left");
}

/** Writes `docs/audit/README.md` anew when the approvals log was written to since. Throws an AuditError when it cannot. */
export function updateIndex(projectFolder: string): void {
  const [log, index] = [APPROVALS_PATH, INDEX_PATH].map(
    (path) => statSync(join(projectFolder, path), { throwIfNoEntry: false })?.mtimeMs ?? 0,
  );
  // At a tie, as on file systems with coarse times, it is rebuilt once too often.
  if (!log || log < (index ?? 0)) return;
  try {
    writeIndex(projectFolder, openFolder(projectFolder, AUDITS));
  } catch (error) {
    throw toWriteError(error, "index of audits", INDEX_PATH);
  }
}

/** A kept plan that names no trace, as after an edit or a write that broke off, is counted and not shown. */
function writeIndex(projectFolder: string, folder: string): void {
  const known = readPlain(join(projectFolder, INDEX_PATH));
  // A README that someone wrote by hand stays.
  if (known !== null && !known.text.startsWith(INDEX_TITLE)) return;
  const kept = readKeptPlans(projectFolder);
  const entries = kept
    .filter(({ plan }) => traceIdsOf(plan).length > 0)
    .map((one) => ({ ...one, runs: readRuns(projectFolder, traceIdsOf(one.plan)) }));
  const index = formatIndex(entries, kept.length - entries.length);
  if (index !== known?.text) replaceFile(folder, basename(INDEX_PATH), index);
}

/** Every kept plan of the project, in no order. A file that is a link or has another name is none. Never throws. */
export function readKeptPlans(projectFolder: string): readonly KeptPlan[] {
  const folder = join(projectFolder, AUDITS);
  const approvals = parseApprovals(tryRead(join(projectFolder, APPROVALS_PATH))?.text ?? "");
  return namesIn(folder).flatMap((file) => {
    const content = parseKeptName(file) === null ? null : tryRead(join(folder, file), MAX_BYTES);
    if (content === null) return [];
    const { text, sha256 } = content;
    return [{ file, sha256, plan: parsePlan(text).plan, status: approvals.get(sha256) ?? null }];
  });
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** The path of the newest kept plan with this hash, relative to the project, or null. */
export function findKeptPlan(projectFolder: string, sha256: string): string | null {
  const names = readKeptPlans(projectFolder).flatMap((kept) => (kept.sha256 === sha256 ? [kept.file] : []));
  const newest = names.toSorted().at(-1);
  return newest === undefined ? null : `${AUDITS}/${newest}`;
}

/** Appends a line to the approvals log. Throws when it cannot, and when a link stands in the way. */
export function appendApproval(projectFolder: string, line: ApprovalsLine): void {
  assertAudited(projectFolder);
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_RDWR } = constants;
  const file = openSync(join(projectFolder, APPROVALS_PATH), O_RDWR | O_APPEND | O_CREAT | (O_NOFOLLOW ?? 0), 0o644);
  try {
    const { size, nlink } = fstatSync(file);
    if (nlink > 1) throw new Error(`${APPROVALS_PATH} has a second name on disk (a hard link)`);
    const last = Buffer.alloc(1);
    // A hook that was killed while it wrote may have left half a line, which ends here.
    const isTorn = size > 0 && readSync(file, last, 0, 1, size - 1) === 1 && last.toString() !== "\n";
    writeSync(file, `${isTorn ? "\n" : ""}${JSON.stringify(line)}\n`);
  } finally {
    closeSync(file);
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
