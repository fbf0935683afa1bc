import type { Approval, ApprovedFile } from "../../../mcp-server/src/audit/plop/approval.ts";
import { judgeEditResult, toCompared } from "../../../mcp-server/src/audit/plop/edit-result.ts";
import { toApprovalsLine } from "../../../mcp-server/src/audit/plop/record.ts";
import { judgeCall, judgeStart, type ToolCall } from "../../../mcp-server/src/audit/plop/tool-call.ts";
import { isReading } from "../../../mcp-server/src/audit/plop/reading.ts";
import { toSha256 } from "../../../mcp-server/src/disk/files.ts";
import { readContent, readPlan } from "../../../mcp-server/src/disk/plan-file.ts";
import type { JsonRecord } from "../../../mcp-server/src/trace/values/json.ts";
import { allow, deny, explain, type Answer } from "../claude-code.ts";
import type { Context } from "../context.ts";
import { resolveRead, resolveTarget } from "../edit-targets.ts";
import { end, tryAppend } from "./end.ts";
import { findGuard, writeApproval } from "../state/approval-file.ts";

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
  const { event, approvals, project, ownFolders, cwd } = context;
  const known = findGuard(approvals, event.session, event.promptId);
  if (known === null) return null;
  if (known === "damaged") return isReading(call.tool) ? null : deny(`${call.tool} is refused: ${DAMAGED}.`);
  if (known.stage === "running" && readPlan(project)?.sha256 !== known.plan_sha256) {
    const cause = "the plan has changed since it was approved";
    end(context, known, cause);
    return { ...refuse(context, known, call, changedPlan(call)), systemMessage: `/plop has stopped: ${cause}.` };
  }
  if (known.cause !== null && known.cause.startsWith("the plan has changed"))
    return refuse(context, known, call, changedPlan(call));
  const verdict = judgeCall(known, call, {
    cwd,
    toWrite: (path) => resolveTarget(project, path, ownFolders),
    toRead: (path) => resolveRead(project, path),
  });
  switch (verdict.is) {
    case "deny":
      return refuse(context, known, call, verdict.reason);
    case "ask":
      end(context, known, "the model asked the human a question");
      return null;
    case "pass":
      return event.name === "PreToolUse" ? replaceInput(call.input, verdict.input) : null;
    case "allow":
      return allowEdit(context, known, call, verdict);
  }
}

/** What Claude Code is to open by another name than the one it was given: links may lead elsewhere for its process. */
function replaceInput(input: JsonRecord, real: JsonRecord | null): Answer {
  return real === null || JSON.stringify(real) === JSON.stringify(input) ? null : { updatedInput: real };
}

function allowEdit(
  context: Context,
  approval: Approval,
  call: ToolCall,
  { file, path, input }: { readonly file: ApprovedFile; readonly path: string; readonly input: JsonRecord },
): Answer {
  const result = judgeEditResult(file, path, call, readContent(file.real)?.text ?? null);
  if ("refused" in result) {
    const reason = `${call.tool} is refused: ${result.refused}.`;
    return { ...refuse(context, approval, call, reason), systemMessage: `/plop: ${reason}` };
  }
  // In plan mode the human has said that nothing shall be edited yet.
  if (context.event.isPlanMode) return null;
  // The answer to a permission request cannot replace the input; what PreToolUse replaced comes back here.
  if (context.event.name === "PermissionRequest") {
    if (replaceInput(call.input, input) === null) return allow("The human's /plop covers this file.");
    return refuse(context, approval, call, `${call.tool} is refused: it names ${path} by another path.`);
  }
  const expected = toSha256(toCompared(result.after));
  const files = approval.files.map((one) => (one === file ? { ...one, expected } : one));
  writeApproval(context.approvals, { ...approval, files });
  return { ...allow("The human's /plop covers this file."), updatedInput: input };
}

function refuse({ isWitness, project }: Context, approval: Approval, call: ToolCall, reason: string): Answer {
  if (approval.stage === "pending" || !isWitness) return deny(reason);
  const line = toApprovalsLine("refused", new Date().toISOString(), approval, { reason, tool: call.tool });
  return { ...deny(reason), record: () => tryAppend(project, line) };
}

function changedPlan({ tool }: ToolCall): string {
  return `${tool} is refused: the plan has changed since the human approved it, so the approval is void. Stop now, and tell the human that the changed plan needs a new review and a new /plop.`;
}
