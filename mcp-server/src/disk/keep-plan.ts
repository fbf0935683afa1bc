import { basename, join } from "node:path";
import { parseApprovals, parseEdited } from "../audit/layout/approvals-log.ts";
import { parseKeptName, toKeptName } from "../audit/layout/kept-plans.ts";
import { APPROVALS_PATH, AUDITS } from "../audit/layout/places.ts";
import { traceIdsOf, type Plan } from "../audit/plan/plan.ts";
import { withNote, withoutNote } from "../audit/plan/change-note.ts";
import type { Beside } from "../audit/plan/follow-changes.ts";
import { byAge, dateOf, type KeptPlan } from "../audit/plan/kept-plan.ts";
import { parsePlan } from "../audit/plan/parse.ts";
import { diffLines, undoDiff } from "../audit/plop/line-diff.ts";
import { createFile, openFolder, readPlain, replaceFile, toWriteError, tryRead, type Content } from "./files.ts";
import { writeIndex } from "./index-file.ts";
import { readKeptPlans } from "./kept-plans.ts";
import { replacePlan } from "./plan-file.ts";
import { readPromptFiles } from "./prompt-files.ts";

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

/** Where an approved plan is kept, relative to the project, null where it is not, and how it differs from the one that its audit wrote (`diff -u`). */
export type Approved = { readonly file: string | null; readonly edited: readonly string[] };

/**
 * Keeps the plan that a human approves as that audit's plan, also when they have edited it: the edited one takes the place of
 * the kept plan about the same traces, and `edited` tells the difference. A plan that no audit kept is left where it lies. Throws an AuditError as `keepPlan` does.
 */
export function keepApproved(projectFolder: string, { text, sha256 }: Content): Approved {
  const kept = readKeptPlans(projectFolder).toSorted(byAge);
  const same = kept.findLast((one) => one.sha256 === sha256);
  if (same !== undefined) return { file: `${AUDITS}/${same.file}`, edited: diffTo(projectFolder, same.file, text) };
  const { plan } = parsePlan(text);
  const of = kept.findLast((one) => isSameTraces(one.plan, plan));
  if (of === undefined) return { file: null, edited: [] };
  const edited = diffTo(projectFolder, of.file, text);
  const file = keepPlan(projectFolder, { content: text, plan, date: dateOf(of.file), own: of.file });
  return { file: `${AUDITS}/${file}`, edited };
}

/** Writes below the title of the plan that lies there how it differs from the kept plan about the same traces. Throws an AuditError. */
export function noteChanges(projectFolder: string, content: string): void {
  const { plan } = parsePlan(content);
  const of = findOf(projectFolder, plan);
  const noted = withNote(content, of === null ? [] : diffTo(projectFolder, of.file, content));
  if (noted !== content) replacePlan(projectFolder, noted);
}

/** What the history and the project say of a plan that a human edited, so that its steps can follow its changes. Never throws. */
export function readBeside(projectFolder: string, text: string): Beside {
  const { plan } = parsePlan(text);
  return {
    kept: findOf(projectFolder, plan)?.plan ?? null,
    files: readPromptFiles(projectFolder),
  };
}

/** The newest kept plan about the same traces. */
function findOf(projectFolder: string, plan: Plan): KeptPlan | null {
  const kept = readKeptPlans(projectFolder).toSorted(byAge);
  return kept.findLast((one) => isSameTraces(one.plan, plan)) ?? null;
}

/** From the plan as its audit wrote it, also when a kept plan is one that a human edited and approved. */
function diffTo(projectFolder: string, kept: string, text: string): readonly string[] {
  const known = tryRead(join(projectFolder, AUDITS, kept));
  const log = tryRead(join(projectFolder, APPROVALS_PATH))?.text ?? "";
  const bare = withoutNote(known?.text ?? "");
  const written = undoDiff(bare, parseEdited(log, known?.sha256 ?? "")) ?? bare;
  return diffLines(written, withoutNote(text)).lines;
}

function isSameTraces(left: Plan, right: Plan): boolean {
  const [a, b] = [left, right].map((plan) => traceIdsOf(plan).toSorted().join("\n"));
  return a === b;
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
