import type { ApprovalsLine } from "../../../mcp-server/src/audit/layout/approvals-log.ts";
import type { Approval } from "../../../mcp-server/src/audit/plop/approval.ts";
import {
  explainSpent,
  toApprovalsLine,
  toChanged,
  toLogged,
  type ShownChange,
} from "../../../mcp-server/src/audit/plop/record.ts";
import { appendApproval } from "../../../mcp-server/src/disk/approvals-log.ts";
import { readContent } from "../../../mcp-server/src/disk/plan-file.ts";
import { keepForUndo } from "../../../mcp-server/src/disk/undo.ts";
import { explain } from "../claude-code.ts";
import type { Context } from "../context.ts";
import { closeApproval } from "../state/approval-file.ts";

/** Ends an approval before its turn does; a later reason does not replace the first. */
export function end({ approvals }: Context, approval: Approval, cause: string): void {
  if (approval.stage === "running") closeApproval(approvals, { ...approval, stage: "ended", cause });
}

/** What was changed under an approval, and what the human is told of it. */
export type Spent = { readonly changed: readonly ShownChange[]; readonly message: string };

/**
 * Records what was changed, once, and spends the approval; null when that has been done or nothing was approved. The approval
 * is spent first: a hook that is killed in between leaves a missing line rather than a living approval.
 */
export function spend({ approvals, project }: Context, approval: Approval, cause: string | null): Spent | null {
  if (approval.stage === "spent") return null;
  const ended = { ...approval, cause: approval.cause ?? cause };
  closeApproval(approvals, { ...ended, stage: "spent", files: ended.files.map((file) => ({ ...file, before: "" })) });
  if (approval.stage === "pending") return null;
  const changed = toChanged(ended, readChanged);
  const event = ended.cause === null ? "executed" : "stopped";
  const at = new Date().toISOString();
  const line = toApprovalsLine(event, at, ended, { changed: changed.map(toLogged), reason: ended.cause });
  return {
    changed,
    message: explainSpent(ended, changed, toUndo(project, ended, changed)) + tryAppend(project, line),
  };
}

/**
 * A command for each changed file that puts back what it was, to be run in the project's folder; none where that could not be
 * kept. Short, as a terminal breaks a long line, and quoted only where it has to be.
 */
function toUndo(project: string, approval: Approval, changed: readonly ShownChange[]): readonly string[] {
  return changed.flatMap(({ file, sha256_before }) => {
    const approved = approval.files.find((one) => one.file === file);
    if (approved === undefined) return [];
    if (sha256_before === null) return [`rm ${quoted(file)}`];
    try {
      return [`cp ${keepForUndo(project, file, approved.before)} ${quoted(file)}`];
    } catch {
      return [];
    }
  });
}

function quoted(path: string): string {
  return /^[\w./@+][\w./@+-]*$/u.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}

function readChanged(real: string): ReturnType<typeof readContent> {
  try {
    return readContent(real);
  } catch {
    return null;
  }
}

/** Appends to the approvals log; what hinders it is returned as a sentence. */
export function tryAppend(project: string, line: ApprovalsLine): string {
  try {
    appendApproval(project, line);
    return "";
  } catch (error) {
    return ` It could not be added to the history: ${explain(error)}.`;
  }
}
