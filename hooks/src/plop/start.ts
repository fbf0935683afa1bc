import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { PlanStatus } from "../../../mcp-server/src/audit/layout/approvals-log.ts";
import { PLAN_PATH } from "../../../mcp-server/src/audit/layout/places.ts";
import type { Approval, ApprovedFile } from "../../../mcp-server/src/audit/plop/approval.ts";
import { judgeHandover, PLOP } from "../../../mcp-server/src/audit/plop/typed-plop.ts";
import { PLOP_STEPS } from "../../../mcp-server/src/audit/plop/steps.ts";
import { explainApproved, tellApproved, toApprovalsLine } from "../../../mcp-server/src/audit/plop/record.ts";
import { appendApproval, isAudited, readStatus } from "../../../mcp-server/src/disk/approvals-log.ts";
import { keepApproved } from "../../../mcp-server/src/disk/keep-plan.ts";
import { judgeNewFile } from "../../../mcp-server/src/audit/sentences/judge-change.ts";
import { readContent, readPlan } from "../../../mcp-server/src/disk/plan-file.ts";
import type { Content } from "../../../mcp-server/src/disk/files.ts";
import { block, explain, listReasons, type Answer } from "../claude-code.ts";
import type { Context } from "../context.ts";
import { followLinks } from "../follow-links.ts";
import { createLinkJudge, IN_PLOP, resolveTarget } from "../edit-targets.ts";
import { spend, tryAppend } from "./end.ts";
import { reviewPlan } from "./reviewed-plan.ts";
import { readApproval, readApprovals, removeApproval, removeStale, writeApproval } from "../state/approval-file.ts";

/** Characters of all listed files together: the guard reads them at every call. */
const MAX_LISTED = 2_000_000;
/** More than the processes between a human's terminal and a Claude Code. */
const MAX_PARENTS = 40;

/**
 * `/plop` was typed. Approves the plan that lies there for this turn, or stops before any model call with every reason.
 * Whatever fails here refuses.
 */
export function startPlop(context: Context): Answer {
  if (context.event.command === "plop") return answerOwnCommand(context);
  if (context.event.command !== PLOP) return null;
  const attempt: Attempt = { plan: null };
  try {
    const { approval, ...known } = approve(context, attempt);
    return {
      systemMessage: explainApproved(approval, known),
      additionalContext: `trace-audit: ${tellApproved(approval)}\n\n${PLOP_STEPS}`,
    };
  } catch (error) {
    const reason = `/plop is refused: ${explain(error)}.`;
    recordRefusal(context, attempt, reason);
    return block(reason);
  }
}

/** The project has a command of its own by that name, and Claude Code prefers it. A human who has a plan to hand over means ours. */
function answerOwnCommand({ event, project, approvals }: Context): Answer {
  if (hasPlan(project))
    return block(
      "/plop is refused: this project has a command of its own of that name, which knows nothing of the audit's plan. Type /trace-audit:plop to hand the plan over, or rename the project's command.",
    );
  const pending = event.promptId === null ? null : readApproval(approvals, event.session, event.promptId);
  if (pending !== null && pending !== "damaged" && pending.stage === "pending") removeApproval(approvals, pending);
  return { systemMessage: "This /plop is a command of this project, not the plugin trace-audit's. Nothing guards it." };
}

function hasPlan(project: string): boolean {
  try {
    return readPlan(project) !== null;
  } catch {
    return true;
  }
}

/** What is known of the plan when an approval fails. */
type Attempt = { plan: Content | null };

type Approved = { readonly approval: Approval; readonly edited: readonly string[]; readonly isUndone: boolean };

function approve(context: Context, attempt: Attempt): Approved {
  const { event, project, approvals, ownFolders } = context;
  if (isStartedByClaude())
    throw new Error("this Claude Code was started by another one, and only a human starts /plop");
  const found = readPlan(project);
  attempt.plan = found;
  if (found === null) throw new Error(`there is no plan at ${PLAN_PATH}. Run /audit first`);
  const judgeLinks = createLinkJudge(project, ownFolders, IN_PLOP);
  const readListed = (file: string): string => readContent(followLinks(join(project, file)))?.text ?? "";
  const { value: reviewed, problems } = reviewPlan(project, found, (text, isRewritten) =>
    judgeHandover(text, isRewritten ? "" : event.commandArgs, judgeLinks, readListed),
  );
  if (reviewed === null) throw new Error(explainProblems(problems));
  const { plan, files } = reviewed;
  attempt.plan = plan;
  if (event.session === "" || event.promptId === null)
    throw new Error("this Claude Code names no session and prompt that the approval could belong to");
  for (const known of readApprovals(approvals, event.session)) spend(context, known, "another /plop was typed");
  const status = readStatus(project, plan.sha256);
  assertNotExecuted(status);
  const listed = files.map((file) => toApproved(context, file));
  const length = listed.reduce((sum, { before }) => sum + before.length, 0);
  if (length > MAX_LISTED)
    throw new Error(
      `the listed files have ${length} characters, more than the ${MAX_LISTED} that can be watched at every call. List fewer`,
    );
  const { file: plan_file, edited } = keepApproved(project, plan);
  const approval: Approval = {
    session_id: event.session,
    prompt_id: event.promptId,
    project,
    plan_sha256: plan.sha256,
    plan_file,
    approved_at: new Date().toISOString(),
    stage: "running",
    cause: null,
    files: listed,
  };
  // The log first: an approval that it does not know must not exist.
  appendApproval(project, toApprovalsLine("approved", approval.approved_at, approval, { edited }));
  writeApproval(approvals, approval);
  removeStale(approvals);
  return { approval, edited, isUndone: status?.event === "undone" };
}

function toApproved({ project, ownFolders }: Context, file: string): ApprovedFile {
  const target = resolveTarget(project, join(project, file), ownFolders);
  if ("problem" in target) throw new Error(`${file} cannot be changed: ${target.problem}`);
  const content = readContent(target.real);
  const newness = content === null ? judgeNewFile(target.inProject ?? file) : null;
  if (newness !== null) throw new Error(`${file} cannot be made by a plan: ${newness}`);
  const before = content?.text ?? "";
  return { file, real: target.real, sha256_before: content?.sha256 ?? null, before, expected: null };
}

function assertNotExecuted(status: PlanStatus | null): void {
  if (status?.executedAt == null) return;
  throw new Error(
    `this plan was executed at ${status.executedAt} and changed ${status.changed.join(", ") || "files"}. Run /audit again when later runs show that more is needed. When its files are put back to what they were, or the plan is edited, /plop takes it again`,
  );
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
    edited: [],
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
