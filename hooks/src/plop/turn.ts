import { toPending } from "../../../mcp-server/src/audit/plop/approval.ts";
import { isTyped, judgePrompt } from "../../../mcp-server/src/audit/plop/typed-plop.ts";
import { judgeReport } from "../../../mcp-server/src/audit/plop/record.ts";
import { readPlan } from "../../../mcp-server/src/disk/plan-file.ts";
import { block, type Answer } from "../claude-code.ts";
import type { Context } from "../context.ts";
import { end, spend } from "./end.ts";
import { readApproval, readIntact, removeApproval, writeApproval } from "../state/approval-file.ts";

/** A new prompt ends what went before it; one that carries the plan's block past `/plop` is stopped. */
export function beginTurn(context: Context): Answer {
  const { event, project } = context;
  const message = endBeforePrompt(context);
  const reason = judgePrompt(event.prompt, tryReadPlan(project));
  if (reason !== null) return block(reason);
  return message === null ? null : { systemMessage: message };
}

function endBeforePrompt(context: Context): string | null {
  const { event, approvals, project } = context;
  const known = readApproval(approvals, event.session);
  // Typed while the turn runs, it joins that turn, which stays guarded to its end.
  if (known !== null && known !== "damaged" && known.prompt_id !== null && known.prompt_id === event.promptId) {
    end(context, known, "the human sent another prompt");
    return null;
  }
  const spent = known === null || known === "damaged" ? null : spend(context, known, "the turn was interrupted");
  if (known !== null) removeApproval(approvals, event.session);
  // A turn that `/plop` begins is guarded from here on, so that nothing is edited in it when its approval fails: a hook that
  // was killed, or a scheduled prompt, which Claude Code does not expand.
  if (isTyped(event.prompt))
    writeApproval(approvals, toPending(event.session, event.promptId, project, new Date().toISOString()));
  return spent?.message ?? null;
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
  const known = readIntact(approvals, event.session);
  if (known === null) return null;
  const spent = spend(context, known, null);
  if (spent === null) return null;
  const answer = { systemMessage: spent.message };
  const report = judgeReport(known, spent.changed, event.lastMessage ?? "");
  return report === null || event.isStopAgain ? answer : { ...answer, ...block(report) };
}

/** A session that ends takes its approval with it. */
export function endSession(context: Context): null {
  const { event, approvals } = context;
  const known = readIntact(approvals, event.session);
  if (known !== null) spend(context, known, "the session ended");
  removeApproval(approvals, event.session);
  return null;
}
