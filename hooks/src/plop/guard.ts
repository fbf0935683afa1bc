import { isRecord, own, text, type JsonRecord } from "../../../mcp-server/src/trace/values/json.ts";
import type { Approval } from "../../../mcp-server/src/audit/plop/approval.ts";
import { toLine } from "../../../mcp-server/src/audit/plop/record.ts";
import { isGuarded, judgeCall, judgeStart, type ToolCall } from "../../../mcp-server/src/audit/plop/tool-call.ts";
import { readPlan, resolveTarget } from "./targets.ts";
import { readApproval } from "./store.ts";
import { end, explain, promptOf, sessionOf, tryAppend, type Place } from "./life.ts";

const DAMAGED = "the record of the approval is damaged, so there is none. Type /plop again";

/**
 * Judges a tool call: refuses a start of `/plop` by the model, and while one runs all that the plan does not cover. Null
 * leaves the call to others. Fails closed: while a `/plop` runs, or when that is uncertain, its own error refuses the call.
 */
export function onToolCall(event: JsonRecord, place: Place): JsonRecord | null {
  const call = toCall(event);
  const start = judgeStart(call);
  if (start !== null) return decide("deny", start);
  try {
    return guard(event, call, place);
  } catch (error) {
    return decide("deny", `${call.tool} is refused, because the guard of /plop failed: ${explain(error)}.`);
  }
}

function guard(event: JsonRecord, call: ToolCall, place: Place): JsonRecord | null {
  const { store, project } = place;
  const known = readApproval(store, sessionOf(event));
  if (known === null) return null;
  if (known === "damaged") {
    const isRead = ["Read", "Grep", "Glob", "LS"].includes(call.tool);
    return isRead ? null : decide("deny", `${call.tool} is refused: ${DAMAGED}.`);
  }
  if (!isGuarded(known, call)) return null;
  if (known.phase === "running" && readPlan(project)?.sha256 !== known.plan_sha256) {
    const cause = "the plan has changed since it was approved";
    end(store, known, cause);
    return { ...refuse(known, call, changedPlan(call), project), systemMessage: `/plop has stopped: ${cause}.` };
  }
  if (known.cause !== null && known.cause.startsWith("the plan has changed"))
    return refuse(known, call, changedPlan(call), project);
  const verdict = judgeCall(known, call, (path) => resolveTarget(project, path, place.own));
  if (verdict.is === "deny") return refuse(known, call, verdict.reason, project);
  if (verdict.is === "ask") end(store, known, "the model asked the human a question");
  // In plan mode the human has said that nothing shall be edited yet.
  if (verdict.is !== "allow" || own(event, "permission_mode") === "plan") return null;
  return decide("allow", "The human's /plop covers this file.");
}

/** Files that a plan lists may lie where Claude Code asks in spite of a hook's leave, such as .claude/agents. */
export function onPermissionRequest(event: JsonRecord, place: Place): JsonRecord | null {
  const answer = onToolCall(event, place);
  const output = answer === null ? null : own(answer, "hookSpecificOutput");
  if (!isRecord(output)) return null;
  const isAllowed = own(output, "permissionDecision") === "allow";
  const message = text(own(output, "permissionDecisionReason")) ?? "";
  const decision = isAllowed ? { behavior: "allow" } : { behavior: "deny", message };
  return { hookSpecificOutput: { hookEventName: "PermissionRequest", decision } };
}

function refuse(approval: Approval, call: ToolCall, reason: string, project: string): JsonRecord {
  if (approval.phase !== "pending")
    tryAppend(project, toLine("refused", new Date().toISOString(), approval, { reason, tool: call.tool }));
  return decide("deny", reason);
}

function changedPlan({ tool }: ToolCall): string {
  return `${tool} is refused: the plan has changed since the human approved it, so the approval is void. Stop now, and tell the human that the changed plan needs a new review and a new /plop.`;
}

function decide(permissionDecision: "allow" | "deny", permissionDecisionReason: string): JsonRecord {
  return { hookSpecificOutput: { hookEventName: "PreToolUse", permissionDecision, permissionDecisionReason } };
}

function toCall(event: JsonRecord): ToolCall {
  const input = own(event, "tool_input");
  return {
    tool: text(own(event, "tool_name")) ?? "",
    input: isRecord(input) ? input : {},
    isSubagent: own(event, "agent_id") !== undefined,
    promptId: promptOf(event),
  };
}
