import { statSync } from "node:fs";
import { basename, join } from "node:path";
import { formatIndex, INDEX_TITLE } from "../audit/history/index-page.ts";
import { APPROVALS_PATH, AUDITS, INDEX_PATH, MARKS_PATH } from "../audit/layout/places.ts";
import { readMarks } from "./marks.ts";
import { traceIdsOf } from "../audit/plan/plan.ts";
import { openFolder, readPlain, replaceFile, toWriteError } from "./files.ts";
import { readKeptPlans } from "./kept-plans.ts";
import { readRuns } from "./summaries.ts";

/** Writes `docs/audit/README.md` anew when the approvals log or the marks were written to since. Throws an AuditError when it cannot. */
export function updateIndex(projectFolder: string): void {
  const [log = 0, marks = 0, index = 0] = [APPROVALS_PATH, MARKS_PATH, INDEX_PATH].map(
    (path) => statSync(join(projectFolder, path), { throwIfNoEntry: false })?.mtimeMs ?? 0,
  );
  // At a tie, as on file systems with coarse times, it is rebuilt once too often.
  if (Math.max(log, marks) === 0 || Math.max(log, marks) < index) return;
  try {
    writeIndex(projectFolder, openFolder(projectFolder, AUDITS));
  } catch (error) {
    throw toWriteError(error, "index of audits", INDEX_PATH);
  }
}

/** A kept plan that names no trace, as after an edit or a write that broke off, is counted and not shown. */
export function writeIndex(projectFolder: string, folder: string): void {
  const known = readPlain(join(projectFolder, INDEX_PATH));
  // A README that someone wrote by hand stays.
  if (known !== null && !known.text.startsWith(INDEX_TITLE)) return;
  const kept = readKeptPlans(projectFolder);
  const entries = kept
    .filter(({ plan }) => traceIdsOf(plan).length > 0)
    .map((one) => ({ ...one, runs: readRuns(projectFolder, traceIdsOf(one.plan)) }));
  const index = formatIndex(entries, kept.length - entries.length, readMarks(projectFolder));
  if (index !== known?.text) replaceFile(folder, basename(INDEX_PATH), index);
}
