import type { Approval } from "../../../mcp-server/src/audit/plop/approval.ts";
import { toApprovalsLine } from "../../../mcp-server/src/audit/plop/record.ts";
import { isGuarded, judgeCall, judgeStart, type ToolCall } from "../../../mcp-server/src/audit/plop/tool-call.ts";
import { readPlan } from "../../../mcp-server/src/disk/plan-file.ts";
import { allow, deny, explain, type Answer } from "../claude-code.ts";
import type { Context } from "../context.ts";
import { resolveTarget } from "../edit-targets.ts";
import { end, tryAppend } from "./end.ts";
import { readApproval } from "../state/approval-file.ts";

const DAMAGED = "the record of the approval is damaged, so there is none. Type /plop again";

/**
 * Judges a tool call: refuses a start of `/plop` by the model, and while one runs all that the plan does not cover. Null
 * leaves the call to others. Fails closed: while a `/plop` runs, or when that is uncertain, its own error refuses the call.
 * Files that a plan lists may lie where Claude Code asks in spite of a hook's leave, such as .claude/agents, so it answers
 * that question too.
 */
export function guardPlop(context: Context): Answer {
  const { event } = context;
  const call = {
    tool: event.tool ?? "",
    input: event.input,
    isSubagent: event.isFromSubagent,
    promptId: event.promptId,
  };
  const start = judgeStart(call);
  if (start !== null) return deny(start);
  try {
    return guard(context, call);
  } catch (error) {
    return deny(`${call.tool} is refused, because the guard of /plop failed: ${explain(error)}.`);
  }
}

function guard(context: Context, call: ToolCall): Answer {
  const { event, approvals, project, ownFolders } = context;
  const known = readApproval(approvals, event.session);
  if (known === null) return null;
  if (known === "damaged") {
    const isRead = ["Read", "Grep", "Glob", "LS"].includes(call.tool);
    return isRead ? null : deny(`${call.tool} is refused: ${DAMAGED}.`);
  }
  if (!isGuarded(known, call)) return null;
  if (known.stage === "running" && readPlan(project)?.sha256 !== known.plan_sha256) {
    const cause = "the plan has changed since it was approved";
    end(context, known, cause);
    return { ...refuse(context, known, call, changedPlan(call)), systemMessage: `/plop has stopped: ${cause}.` };
  }
  if (known.cause !== null && known.cause.startsWith("the plan has changed"))
    return refuse(context, known, call, changedPlan(call));
  const verdict = judgeCall(known, call, (path) => resolveTarget(project, path, ownFolders));
  if (verdict.is === "deny") return refuse(context, known, call, verdict.reason);
  if (verdict.is === "ask") end(context, known, "the model asked the human a question");
  // In plan mode the human has said that nothing shall be edited yet.
  return verdict.is === "allow" && !event.isPlanMode ? allow("The human's /plop covers this file.") : null;
}

function refuse({ isWitness, project }: Context, approval: Approval, call: ToolCall, reason: string): Answer {
  if (approval.stage === "pending" || !isWitness) return deny(reason);
  const line = toApprovalsLine("refused", new Date().toISOString(), approval, { reason, tool: call.tool });
  return { ...deny(reason), record: () => tryAppend(project, line) };
}

function changedPlan({ tool }: ToolCall): string {
  return `${tool} is refused: the plan has changed since the human approved it, so the approval is void. Stop now, and tell the human that the changed plan needs a new review and a new /plop.`;
}
