import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { formatIndex, INDEX_TITLE, type HistoryEntry } from "../audit/history/index-page.ts";
import { parseApprovals, parseHistoryName, toHistoryName } from "../audit/layout/history.ts";
import { parsePlan } from "../audit/plan/parse.ts";
import type { Plan } from "../audit/plan/plan.ts";
import { createFile, openFolder, readKnown, replaceFile, toWriteError, tryRead } from "./files.ts";
import { readRuns } from "./summaries.ts";

const FOLDER = ["docs", "audit"] as const;
const INDEX = "README.md";
const APPROVALS = "approvals.jsonl";
/** More audits of one trace on one day than anyone makes. */
const MAX_NUMBER = 9999;

/** An accepted plan to keep. `own` is the entry that an earlier form of it has in this session, or null. */
export type Accepted = {
  readonly content: string;
  readonly plan: Plan;
  /** `YYYY-MM-DD`, in UTC. */
  readonly date: string;
  readonly own: string | null;
};

/**
 * Keeps an accepted plan as `docs/audit/<date>-<trace>.md`, byte for byte, and rebuilds the index. It takes the place of
 * its own earlier form unless a human has approved that; no other entry is ever overwritten. Returns the entry's name.
 * Throws an AuditError when the folder or a file in it is a link, or cannot be written.
 */
export async function keepPlan(projectFolder: string, { content, plan, date, own }: Accepted): Promise<string> {
  try {
    const folder = await openFolder(projectFolder, FOLDER);
    const file = (await replaceOwn(folder, own, content)) ?? (await createEntry(folder, plan, date, content));
    await writeIndex(projectFolder, folder);
    return file;
  } catch (error) {
    throw toWriteError(error, "plan's entry in the audit history", FOLDER.join("/"));
  }
}

/** Writes `docs/audit/README.md` anew from the history, the summaries and the log of approvals. */
export async function rebuildIndex(projectFolder: string): Promise<void> {
  try {
    await writeIndex(projectFolder, await openFolder(projectFolder, FOLDER));
  } catch (error) {
    throw toWriteError(error, "index of audits", [...FOLDER, INDEX].join("/"));
  }
}

async function replaceOwn(folder: string, own: string | null, content: string): Promise<string | null> {
  if (own === null || parseHistoryName(own) === null) return null;
  const known = await readKnown(join(folder, own));
  if (known === null) return null;
  if (known === content) return own;
  const approvals = parseApprovals((await readKnown(join(folder, APPROVALS))) ?? "");
  if (approvals.has(toSha256(known))) return null;
  await replaceFile(folder, own, content);
  return own;
}

async function createEntry(folder: string, { traces }: Plan, date: string, content: string): Promise<string> {
  const ids = traces.map(({ traceId }) => traceId);
  for (let number = 1; number <= MAX_NUMBER; number += 1) {
    const file = toHistoryName(date, ids, number);
    if (await createFile(folder, file, content)) return file;
  }
  throw new Error("no name is left");
}

async function writeIndex(projectFolder: string, folder: string): Promise<void> {
  const known = await readKnown(join(folder, INDEX));
  // A README that someone wrote by hand stays.
  if (known !== null && !known.startsWith(INDEX_TITLE)) return;
  const { entries, skipped } = await readEntries(projectFolder, folder);
  const index = formatIndex(entries, skipped);
  if (index !== known) await replaceFile(folder, INDEX, index);
}

type Entries = { readonly entries: readonly HistoryEntry[]; readonly skipped: number };

/**
 * Every accepted plan of the project, in no order. A file that is a link or has another name is none, and one that names no
 * trace, as after an edit or a write that broke off, is skipped and counted.
 */
async function readEntries(projectFolder: string, folder: string): Promise<Entries> {
  const approvals = parseApprovals((await tryRead(join(folder, APPROVALS))) ?? "");
  const entries: HistoryEntry[] = [];
  let skipped = 0;
  for (const file of await readdir(folder).catch(() => [])) {
    const content = parseHistoryName(file) === null ? null : await tryRead(join(folder, file));
    if (content === null) continue;
    const { plan } = parsePlan(content);
    const ids = plan.traces.map(({ traceId }) => traceId).filter((id) => id !== "");
    if (ids.length === 0) skipped += 1;
    else {
      const runs = await readRuns(projectFolder, ids);
      entries.push({ file, plan, approval: approvals.get(toSha256(content)) ?? null, runs });
    }
  }
  return { entries, skipped };
}

function toSha256(content: string): string {
  return createHash("sha256").update(content).digest("hex");
}
