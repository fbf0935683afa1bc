import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PLAN_PATH } from "../../../mcp-server/src/audit/layout/places.ts";
import type { Approval } from "../../../mcp-server/src/audit/plop/approval.ts";
import { judgeHandover, PLOP } from "../../../mcp-server/src/audit/plop/typed-plop.ts";
import { explainApproved, shortHash, toApprovalsLine } from "../../../mcp-server/src/audit/plop/record.ts";
import { appendApproval, isAudited } from "../../../mcp-server/src/disk/approvals-log.ts";
import { findKeptPlan } from "../../../mcp-server/src/disk/kept-plans.ts";
import { readContent, readPlan } from "../../../mcp-server/src/disk/plan-file.ts";
import type { Content } from "../../../mcp-server/src/disk/files.ts";
import { block, explain, listReasons, type Answer } from "../claude-code.ts";
import type { Context } from "../context.ts";
import { createLinkJudge, IN_PLOP, resolveTarget } from "../edit-targets.ts";
import { spend, tryAppend } from "./end.ts";
import { readIntact, removeApproval, removeStale, writeApproval } from "../state/approval-file.ts";

/** Characters of all listed files together: the guard reads them at every call. */
const MAX_LISTED = 2_000_000;
/** More than the processes between a human's terminal and a Claude Code. */
const MAX_PARENTS = 40;

/**
 * `/plop` was typed. Approves the plan that lies there for this turn, or stops before any model call with every reason.
 * Whatever fails here refuses.
 */
export function startPlop(context: Context): Answer {
  // The project's own command of that name is none of ours.
  if (context.event.command === "plop") removePending(context);
  if (context.event.command !== PLOP) return null;
  const attempt: Attempt = { plan: null };
  try {
    const approval = approve(context, attempt);
    const approved = explainApproved(approval);
    return {
      systemMessage: approved,
      additionalContext: `${approved} Quote it as ${shortHash(approval)} in your report.`,
    };
  } catch (error) {
    const reason = `/plop is refused: ${explain(error)}.`;
    recordRefusal(context, attempt, reason);
    return block(reason);
  }
}

function removePending({ event, approvals }: Context): void {
  if (readIntact(approvals, event.session)?.stage === "pending") removeApproval(approvals, event.session);
}

/** What is known of the plan when an approval fails. */
type Attempt = { plan: Content | null };

function approve(context: Context, attempt: Attempt): Approval {
  const { event, project, approvals, ownFolders } = context;
  if (isStartedByClaude())
    throw new Error("this Claude Code was started by another one, and only a human starts /plop");
  const plan = readPlan(project);
  attempt.plan = plan;
  if (plan === null) throw new Error(`there is no plan at ${PLAN_PATH}. Run /audit first`);
  const judgeLinks = createLinkJudge(project, ownFolders, IN_PLOP);
  const { value: files, problems } = judgeHandover(plan.text, event.commandArgs, judgeLinks);
  if (files === null) throw new Error(explainProblems(problems));
  if (event.session === "") throw new Error("the session has no id to bind the approval to");
  const before = readIntact(approvals, event.session);
  if (before !== null) spend(context, before, "another /plop was typed");
  const approval: Approval = {
    session_id: event.session,
    prompt_id: event.promptId,
    project,
    plan_sha256: plan.sha256,
    plan_file: findKeptPlan(project, plan.sha256),
    approved_at: new Date().toISOString(),
    stage: "running",
    cause: null,
    files: files.map((file) => {
      const target = resolveTarget(project, join(project, file), ownFolders);
      if ("problem" in target) throw new Error(`${file} cannot be changed: ${target.problem}`);
      const content = readContent(target.real);
      return { file, real: target.real, sha256_before: content?.sha256 ?? null, before: content?.text ?? "" };
    }),
  };
  const listed = approval.files.reduce((sum, { before }) => sum + before.length, 0);
  if (listed > MAX_LISTED)
    throw new Error(
      `the listed files have ${listed} characters, more than the ${MAX_LISTED} that can be watched at every call. List fewer`,
    );
  // The log first: an approval that it does not know must not exist.
  appendApproval(project, toApprovalsLine("approved", approval.approved_at, approval));
  writeApproval(approvals, approval);
  removeStale(approvals);
  return approval;
}

function explainProblems(problems: readonly [string, ...string[]]): string {
  if (problems.length === 1) return problems[0];
  return `${listReasons(`there are ${problems.length} problems:`, problems)}\nCorrect them, or run /audit again`;
}

function recordRefusal({ event, project }: Context, { plan }: Attempt, reason: string): void {
  if (!isAudited(project)) return;
  // The human is told of the refusal even when it cannot be recorded.
  tryAppend(project, {
    event: "refused",
    at: new Date().toISOString(),
    session_id: event.session,
    plan_sha256: plan?.sha256 ?? null,
    plan_file: null,
    files: [],
    changed: [],
    reason: reason.slice(0, 2000),
    tool: null,
  });
}

/**
 * Whether a model's shell started this Claude Code: what it starts has CLAUDECODE in its environment, and so has one of the
 * processes above a Claude Code that hides it. Only Linux shows a process's first environment; elsewhere the guard on shell
 * commands stands alone.
 */
function isStartedByClaude(): boolean {
  let pid = process.env["CLAUDE_PID"] ?? "";
  for (let depth = 0; depth < MAX_PARENTS && /^[1-9]\d*$/u.test(pid); depth += 1) {
    try {
      if (readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").includes("CLAUDECODE=1")) return true;
    } catch {
      // Another user's process keeps its environment to itself; its parents are still looked at.
    }
    pid = parentOf(pid);
  }
  return false;
}

/** "" where nobody can tell. */
function parentOf(pid: string): string {
  try {
    return /^PPid:\s*(\d+)$/mu.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? "";
  } catch {
    return "";
  }
}
