import type { ApprovalsLine, ChangedFile } from "../layout/approvals-log.ts";
import type { Approval } from "./approval.ts";
import { countLineChanges } from "./line-changes.ts";

/** The approvals log's line about an approval. */
export function toApprovalsLine(
  event: ApprovalsLine["event"],
  at: string,
  approval: Approval,
  rest: Partial<Pick<ApprovalsLine, "changed" | "reason" | "tool">> = {},
): ApprovalsLine {
  const { session_id, plan_sha256, plan_file, files } = approval;
  const { changed = [], reason = null, tool = null } = rest;
  return {
    event,
    at,
    session_id,
    plan_sha256,
    plan_file,
    files: files.map(({ file }) => file),
    changed,
    reason: reason?.slice(0, 2000) ?? null,
    tool: tool?.slice(0, 200) ?? null,
  };
}

/** The files that differ from what they were at the approval. `read` gives a file's content now, or null without one. */
export function toChanged(
  { files }: Approval,
  read: (real: string) => { readonly text: string; readonly sha256: string } | null,
): readonly ChangedFile[] {
  return files.flatMap(({ file, real, sha256_before, before }) => {
    const now = read(real);
    const sha256_after = now?.sha256 ?? null;
    if (sha256_after === sha256_before) return [];
    return { file, sha256_before, sha256_after, ...countLineChanges(before, now?.text ?? "") };
  });
}

/** What the human sees when an approval is given. */
export function explainApproved(approval: Approval): string {
  const files = approval.files.map(({ file }) => file).join(", ");
  return `Approved for this turn: the plan with SHA-256 ${approval.plan_sha256}. Only these files may be changed: ${files}.`;
}

/** What the human sees when it is spent. */
export function explainSpent(approval: Approval, changed: readonly ChangedFile[]): string {
  const plan = `the plan with SHA-256 ${shortHash(approval)}…`;
  const how = approval.cause === null ? `${plan} was executed` : `${plan} was stopped: ${approval.cause}`;
  return `/plop: ${how}. ${listChanged(approval, changed)} The approval is spent.`;
}

/**
 * What the model is sent back with, once, when its last message lacks the plan's hash or a changed file, or null. The
 * approval is spent by then.
 */
export function judgeReport(approval: Approval, changed: readonly ChangedFile[], message: string): string | null {
  const isNamed = (file: string): boolean => message.includes(file);
  if (message.includes(shortHash(approval)) && changed.every(({ file }) => isNamed(file))) return null;
  return `The /plop has ended and nothing can be edited any more. Your last message is not its report yet. Write it, in these four parts. Plan: ${shortHash(approval)}. Changed, file by file; by the file system's account: ${listChanged(approval, changed)} Not done, and why. Criteria still open: the plan's acceptance criteria, which the next audit measures.`;
}

/** Twelve digits, as the report quotes them. */
export function shortHash({ plan_sha256 }: Pick<Approval, "plan_sha256">): string {
  return plan_sha256.slice(0, 12);
}

function listChanged({ files }: Approval, changed: readonly ChangedFile[]): string {
  const lines = changed.map(
    ({ file, sha256_before, sha256_after, added, removed }) =>
      `${file} +${added} -${removed}${sha256_before === null ? " (new)" : sha256_after === null ? " (gone)" : ""}`,
  );
  const same = files.map(({ file }) => file).filter((file) => !changed.some((other) => other.file === file));
  return `Changed: ${lines.join(", ") || "nothing"}.${same.length === 0 ? "" : ` Unchanged: ${same.join(", ")}.`}`;
}
