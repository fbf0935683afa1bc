// Where things lie below docs/audit. Paths are relative to the project, with forward slashes.

/** The folder of audits. */
export const AUDITS = "docs/audit";
/** The folder of the Trace Audit Summaries, one file a trace. */
export const SUMMARIES = `${AUDITS}/summaries`;
/** The plan to review. */
export const PLAN_PATH = `${AUDITS}/IMPLEMENTATION_PLAN.md`;
/** The index of audits. */
export const INDEX_PATH = `${AUDITS}/README.md`;
/** What a human marked as wrong or not wanted. */
export const MARKS_PATH = `${AUDITS}/marks.md`;
/** What files held before a `/plop`, to undo it. */
export const UNDO_PATH = `${AUDITS}/undo`;
/** The approvals log: one JSON object a line, only ever appended to. */
export const APPROVALS_PATH = `${AUDITS}/approvals.jsonl`;

/** Whether a plain relative path is the folder of audits or lies in it. Some file systems take Docs/Audit for docs/audit. */
export function isAuditPath(path: string): boolean {
  return `${path.toLowerCase()}/`.startsWith(`${AUDITS}/`);
}
