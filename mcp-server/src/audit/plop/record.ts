import type { ApprovalsLine, ChangedFile } from "../layout/approvals-log.ts";
import type { Approval } from "./approval.ts";
import { diffLines } from "./line-diff.ts";
import { judgeChange } from "../sentences/judge-change.ts";
import { showText } from "../sentences/invisible-text.ts";

/** The approvals log's line about an approval. */
export function toApprovalsLine(
  event: ApprovalsLine["event"],
  at: string,
  approval: Approval,
  rest: Partial<Pick<ApprovalsLine, "changed" | "edited" | "reason" | "tool">> = {},
): ApprovalsLine {
  const { session_id, plan_sha256, plan_file, files } = approval;
  const { changed = [], edited = [], reason = null, tool = null } = rest;
  return {
    event,
    at,
    session_id,
    plan_sha256,
    plan_file,
    files: files.map(({ file }) => file),
    changed,
    edited,
    reason: reason?.slice(0, 2000) ?? null,
    tool: tool?.slice(0, 200) ?? null,
  };
}

/** A changed file as it is shown to the human. */
export type ShownChange = ChangedFile & {
  /** The change as `diff -u` shows it. */
  readonly diff: readonly string[];
  /** What the file has by now and an edit may not give it; whoever wrote it. */
  readonly grants: readonly string[];
};

/** The files that differ from what they were at the approval. `read` gives a file's content now, or null without one. */
export function toChanged(
  { files, project }: Approval,
  read: (real: string) => { readonly text: string; readonly sha256: string } | null,
): readonly ShownChange[] {
  return files.flatMap(({ file, real, sha256_before, before }) => {
    const now = read(real);
    const sha256_after = now?.sha256 ?? null;
    if (sha256_after === sha256_before) return [];
    const { lines, ...counts } = diffLines(before, now?.text ?? "");
    const path = real.startsWith(`${project}/`) ? real.slice(project.length + 1) : file;
    const grants = now === null ? [] : judgeChange(path, sha256_before === null ? null : before, now.text);
    return [{ file, sha256_before, sha256_after, ...counts, diff: lines, grants }];
  });
}

/** A changed file as the approvals log has it. */
export function toLogged({ file, sha256_before, sha256_after, added, removed }: ShownChange): ChangedFile {
  return { file, sha256_before, sha256_after, added, removed };
}

/**
 * What the human sees when an approval is given. `edited` is how the plan differs from the one that /audit wrote; `isUndone`
 * says that it was executed before and undone since.
 */
export function explainApproved(
  approval: Approval,
  { edited, isUndone }: { readonly edited: readonly string[]; readonly isUndone: boolean },
): string {
  const again = isUndone ? " It was executed before and undone since, so it can be executed again." : "";
  const approved = `Approved for this turn: ${namePlan(approval)}. ${listAllowed(approval)}${again}`;
  if (edited.length === 0) return approved;
  return `${approved}\nThis plan is not as /audit wrote it. Changed since then:\n${showDiff(edited)}`;
}

/** What the model is told when an approval is given; its report quotes the hash. */
export function tellApproved(approval: Approval): string {
  return `Approved for this turn: the plan with SHA-256 ${approval.plan_sha256}. ${listAllowed(approval)} Quote it as ${shortHash(approval)} in your report.`;
}

function listAllowed({ files }: Approval): string {
  return `Only these files may be changed: ${files.map(({ file }) => file).join(", ")}.`;
}

/** By its copy in the history, which stays when the next audit writes another plan. */
function namePlan({ plan_file }: Approval): string {
  return plan_file === null ? "the plan" : `the plan (kept as ${plan_file})`;
}

/** What the human sees when it is spent. `undo` is one command for each changed file, or none. */
export function explainSpent(approval: Approval, changed: readonly ShownChange[], undo: readonly string[]): string {
  const how =
    approval.cause === null
      ? `${namePlan(approval)} was executed`
      : `${namePlan(approval)} was stopped: ${approval.cause}`;
  const parts = [
    `/plop: ${how}. ${listChanged(approval, changed)} The approval is spent.`,
    ...changed.flatMap(({ file, grants }) =>
      grants.length === 0
        ? []
        : [
            `Look at ${file}: it holds more than words by now, whoever wrote it:\n${grants.map((grant) => `- ${grant}`).join("\n")}`,
          ],
    ),
    ...changed.map(({ file, diff }) => `${file}:\n${showDiff(diff)}`),
    ...(undo.length === 0 ? [] : [`To undo it, in the project's folder:\n${undo.join("\n")}`]),
  ];
  return parts.join("\n");
}

const MAX_SHOWN = 80;

/** Lines of a diff for the human, each on one visible line of bounded length. */
export function showDiff(lines: readonly string[]): string {
  const shown = lines.slice(0, MAX_SHOWN).map((line) => `  ${showText(line, 300)}`);
  const more = lines.length - shown.length;
  return [...shown, ...(more > 0 ? [`  … and ${more} more lines`] : [])].join("\n");
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
function shortHash({ plan_sha256 }: Pick<Approval, "plan_sha256">): string {
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
