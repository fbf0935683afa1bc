import { readFileSync } from "node:fs";
import { join } from "node:path";
import { own, text, type JsonRecord } from "../../../mcp-server/src/trace/values/json.ts";
import { PLAN_PATH } from "../../../mcp-server/src/audit/plan/wording.ts";
import type { Approval } from "../../../mcp-server/src/audit/plop/approval.ts";
import { judgeHandover, PLOP } from "../../../mcp-server/src/audit/plop/handover.ts";
import { explainApproved, shortHash, toLine, type HistoryLine } from "../../../mcp-server/src/audit/plop/record.ts";
import { appendHistory, findKeptPlan, hasHistoryFolder } from "./history.ts";
import { judgeLinks, readContent, readPlan, resolveTarget, type Content } from "./targets.ts";
import { readApproval, removeApproval, removeStale, writeApproval } from "./store.ts";
import { close, explain, promptOf, sessionOf, type Place } from "./life.ts";

/**
 * `/plop` was typed. Approves the plan that lies there for this turn, or stops before any model call with every reason.
 * Whatever fails here refuses.
 */
export function onPlop(event: JsonRecord, place: Place): JsonRecord | null {
  // The project's own command of that name is none of ours.
  if (own(event, "command_name") === "plop") removePending(event, place);
  if (own(event, "command_name") !== PLOP) return null;
  const attempt: Attempt = { plan: null };
  try {
    const approval = approve(event, place, attempt);
    return {
      systemMessage: explainApproved(approval),
      hookSpecificOutput: {
        hookEventName: "UserPromptExpansion",
        additionalContext: `${explainApproved(approval)} Quote it as ${shortHash(approval)} in your report.`,
      },
    };
  } catch (error) {
    const reason = `/plop is refused: ${explain(error)}.`;
    recordRefusal(event, place, attempt, reason);
    return { decision: "block", reason };
  }
}

function removePending(event: JsonRecord, { store }: Place): void {
  const known = readApproval(store, sessionOf(event));
  if (known !== null && known !== "damaged" && known.phase === "pending") removeApproval(store, known.session_id);
}

/** What is known of the plan when an approval fails. */
type Attempt = { plan: Content | null };

function approve(event: JsonRecord, { project, store, own: ownFolders }: Place, attempt: Attempt): Approval {
  if (isStartedByClaude())
    throw new Error("this Claude Code was started by another one, and only a human starts /plop");
  const plan = readPlan(project);
  attempt.plan = plan;
  if (plan === null) throw new Error(`there is no plan at ${PLAN_PATH}. Run /audit first`);
  const typed = text(own(event, "command_args")) ?? "";
  const { files, problems } = judgeHandover(plan.text, typed, (file) => judgeLinks(project, file, ownFolders));
  if (files === null) throw new Error(toReason(problems));
  const session_id = sessionOf(event);
  if (session_id === "") throw new Error("the session has no id to bind the approval to");
  const before = readApproval(store, session_id);
  if (before !== null && before !== "damaged") close(store, before, project, "another /plop was typed");
  const approval: Approval = {
    session_id,
    prompt_id: promptOf(event),
    project,
    plan_sha256: plan.sha256,
    plan_file: findKeptPlan(project, plan.sha256),
    approved_at: new Date().toISOString(),
    phase: "running",
    cause: null,
    files: files.map((file) => {
      const target = resolveTarget(project, join(project, file), ownFolders);
      if ("problem" in target) throw new Error(`${file} cannot be changed: ${target.problem}`);
      const content = readContent(target.real);
      return { file, real: target.real, sha256_before: content?.sha256 ?? null, before: content?.text ?? "" };
    }),
  };
  // The history first: an approval that it does not know must not exist.
  appendHistory(project, toLine("approved", approval.approved_at, approval));
  writeApproval(store, approval);
  removeStale(store);
  return approval;
}

function toReason(problems: readonly string[]): string {
  const [first = "", ...others] = problems;
  if (others.length === 0) return first;
  return `there are ${problems.length} problems:\n${problems.map((problem) => `- ${problem}`).join("\n")}\nCorrect them, or run /audit again`;
}

function recordRefusal(event: JsonRecord, { project }: Place, { plan }: Attempt, reason: string): void {
  if (!hasHistoryFolder(project)) return;
  const line: HistoryLine = {
    event: "refused",
    at: new Date().toISOString(),
    session_id: sessionOf(event),
    plan_sha256: plan?.sha256 ?? null,
    plan_file: null,
    files: [],
    changed: [],
    reason: reason.slice(0, 2000),
    tool: null,
  };
  try {
    appendHistory(project, line);
  } catch {
    // The human is told of the refusal either way.
  }
}

/**
 * Whether a model's shell started this Claude Code: what it starts has CLAUDECODE in its environment. Only Linux shows a
 * process's first environment; elsewhere the guard on shell commands stands alone.
 */
function isStartedByClaude(): boolean {
  const pid = process.env["CLAUDE_PID"] ?? "";
  if (!/^\d+$/u.test(pid)) return false;
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").includes("CLAUDECODE=1");
  } catch {
    return false;
  }
}
