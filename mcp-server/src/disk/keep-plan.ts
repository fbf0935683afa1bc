import { basename, join } from "node:path";
import { parseApprovals } from "../audit/layout/approvals-log.ts";
import { parseKeptName, toKeptName } from "../audit/layout/kept-plans.ts";
import { APPROVALS_PATH, AUDITS } from "../audit/layout/places.ts";
import { traceIdsOf, type Plan } from "../audit/plan/plan.ts";
import { createFile, openFolder, readPlain, replaceFile, toWriteError } from "./files.ts";
import { writeIndex } from "./index-file.ts";

/** More audits of one trace on one day than anyone makes. */
const MAX_NUMBER = 9999;

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
