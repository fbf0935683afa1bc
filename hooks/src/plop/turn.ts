import { toPending } from "../../../mcp-server/src/audit/plop/approval.ts";
import { isTyped, judgePrompt } from "../../../mcp-server/src/audit/plop/typed-plop.ts";
import { judgeReport } from "../../../mcp-server/src/audit/plop/record.ts";
import { readPlan } from "../../../mcp-server/src/disk/plan-file.ts";
import { block, explain, type Answer } from "../claude-code.ts";
import type { Context } from "../context.ts";
import { spend } from "./end.ts";
import { readApproval, readApprovals, writeApproval } from "../state/approval-file.ts";

/**
 * A prompt that begins a turn ends what went before it; one that carries the plan's block past `/plop` is stopped. A prompt or
 * a background task's notice that joins a running turn has the turn's prompt id, and changes nothing: the approval belongs to
 * that id, and what it covers stays the same.
 */
export function beginTurn(context: Context): Answer {
  const { event, project } = context;
  try {
    const message = endBeforePrompt(context);
    const reason = judgePrompt(event.prompt, tryReadPlan(project));
    if (reason !== null) return block(reason);
    return message === "" ? null : { systemMessage: message };
  } catch (error) {
    if (isTyped(event.prompt)) return block(`/plop is refused: its record cannot be kept. ${explain(error)}.`);
    throw error;
  }
}

function endBeforePrompt(context: Context): string {
  const { event, approvals, project } = context;
  const others = readApprovals(approvals, event.session).filter(({ prompt_id }) => prompt_id !== event.promptId);
  const cause = "the turn was interrupted, or another prompt of the session came before its end";
  const spent = others.map((known) => spend(context, known, cause)?.message ?? "");
  // A turn that `/plop` begins is guarded from here on, so that nothing is edited in it when its approval fails: a hook that
  // was killed, or a scheduled prompt, which Claude Code does not expand.
  if (isTyped(event.prompt)) {
    if (event.promptId === null) throw new Error("This Claude Code names no prompt that an approval could belong to");
    if (readApproval(approvals, event.session, event.promptId) === null)
      writeApproval(approvals, toPending(event.session, event.promptId, project, new Date().toISOString()));
  }
  return spent.filter((message) => message !== "").join("\n");
}

function tryReadPlan(project: string): string | null {
  try {
    return readPlan(project)?.text ?? null;
  } catch {
    return null;
  }
}

/** The main agent's turn is over: what was changed is recorded, and the approval is spent. */
export function endTurn(context: Context): Answer {
  const { event, approvals } = context;
  const known = event.promptId === null ? null : readApproval(approvals, event.session, event.promptId);
  if (known === null || known === "damaged") return null;
  const spent = spend(context, known, null);
  if (spent === null) return null;
  const answer = { systemMessage: spent.message };
  const report = judgeReport(known, spent.changed, event.lastMessage ?? "");
  return report === null || event.isStopAgain ? answer : { ...answer, ...block(report) };
}

/** A session that ends spends its approvals. What is left of their turns, as of another process, stays guarded. */
export function endSession(context: Context): null {
  for (const known of readApprovals(context.approvals, context.event.session))
    spend(context, known, "the session ended");
  return null;
}
