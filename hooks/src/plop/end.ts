import type { ApprovalsLine, ChangedFile } from "../../../mcp-server/src/audit/layout/approvals-log.ts";
import type { Approval } from "../../../mcp-server/src/audit/plop/approval.ts";
import { explainSpent, toApprovalsLine, toChanged } from "../../../mcp-server/src/audit/plop/record.ts";
import { appendApproval } from "../../../mcp-server/src/disk/approvals-log.ts";
import { readContent } from "../../../mcp-server/src/disk/plan-file.ts";
import { explain } from "../claude-code.ts";
import type { Context } from "../context.ts";
import { writeApproval } from "../state/approval-file.ts";

/** Ends an approval before its turn does; a later reason does not replace the first. */
export function end({ approvals }: Context, approval: Approval, cause: string): void {
  if (approval.stage === "running") writeApproval(approvals, { ...approval, stage: "ended", cause });
}

/** What was changed under an approval, and what the human is told of it. */
export type Spent = { readonly changed: readonly ChangedFile[]; readonly message: string };

/**
 * Records what was changed, once, and spends the approval; null when that has been done. The approval is spent first: a hook
 * that is killed in between leaves a missing line rather than a living approval.
 */
export function spend({ approvals, project }: Context, approval: Approval, cause: string | null): Spent | null {
  if (approval.stage === "spent" || approval.stage === "pending") return null;
  const ended = { ...approval, cause: approval.cause ?? cause };
  const changed = toChanged(ended, readChanged);
  writeApproval(approvals, { ...ended, stage: "spent", files: ended.files.map((file) => ({ ...file, before: "" })) });
  const event = ended.cause === null ? "executed" : "stopped";
  const line = toApprovalsLine(event, new Date().toISOString(), ended, { changed, reason: ended.cause });
  return { changed, message: explainSpent(ended, changed) + tryAppend(project, line) };
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
