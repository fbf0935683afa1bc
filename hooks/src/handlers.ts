import { PLUGIN_PREFIX } from "../../mcp-server/src/audit/agents.ts";
import { guardAgentTools } from "./audit/agent-tools.ts";
import { checkAnswer, keepFinalAnswer } from "./audit/answers.ts";
import { tellLeftOut } from "./audit/left-out.ts";
import { resolveMentions } from "./audit/mentions.ts";
import { guardOrder } from "./audit/agent-order.ts";
import { briefAgent } from "./audit/brief-agent.ts";
import { tellNextStep } from "./audit/next-step.ts";
import { refreshIndex } from "./audit/refresh-index.ts";
import { showScan } from "./audit/scan.ts";
import { guardShell } from "./audit/shell.ts";
import { AUDIT, endAudit, startAudit, startTypedAudit } from "./audit/start-and-end.ts";
import { keepFetched, keepSummaries } from "./audit/summaries.ts";
import { writeFinishedPlan } from "./audit/write-plan.ts";
import { guardWrites, noteWrittenPlan } from "./audit/writes.ts";
import { block, deny, explain, isRefusal, merge, type Answer, type HookEvent } from "./claude-code.ts";
import { createContext, type Context } from "./context.ts";
import { guardPlop } from "./plop/guard.ts";
import { startPlop } from "./plop/start.ts";
import { beginTurn, endSession, endTurn } from "./plop/turn.ts";
import { checkWritten } from "./plop/written.ts";

type Handler = (context: Context) => Answer | Promise<Answer>;

/**
 * Who answers which event, in this order: `/plop` first, then `/audit`. The first refusal is the answer and nobody after it
 * is asked; otherwise the answers are merged. hooks.json says for which tools and commands an event comes here at all.
 */
const HANDLERS: ReadonlyMap<string, readonly Handler[]> = new Map<string, readonly Handler[]>([
  ["UserPromptSubmit", [tellFailure(beginTurn), endAudit, resolveMentions]],
  ["UserPromptExpansion", [tellFailure(startPlop), showScan, startTypedAudit]],
  ["PreToolUse", [guardPlop, guardAgentTools, guardWrites, guardShell, guardOrder, startAudit, briefAgent]],
  ["PermissionRequest", [guardPlop]],
  ["PostToolUse", [checkWritten, keepFetched, keepSummaries, noteWrittenPlan, tellNextStep]],
  ["SubagentStop", [checkAnswer, writeFinishedPlan, keepFinalAnswer]],
  ["StopFailure", [keepFinalAnswer]],
  ["Stop", [tellFailure(endTurn), tellLeftOut, endAudit, refreshIndex]],
  ["SessionEnd", [tellFailure(endSession)]],
]);

/** The answer to a hook event, null for none. `env` is what Claude Code runs hooks with. */
export async function answerEvent(event: HookEvent, env: NodeJS.ProcessEnv): Promise<Answer> {
  try {
    const context = createContext(event, env);
    let answer: Answer = null;
    for (const handler of HANDLERS.get(event.name) ?? []) {
      const next = await handler(context);
      if (isRefusal(next)) return next;
      answer = merge(answer, next);
    }
    return answer;
  } catch (error) {
    return answerFailure(event, error);
  }
}

/** A failure of the record of `/plop` is said to the human and holds nothing up. Its guard refuses on its own errors. */
function tellFailure(handler: (context: Context) => Answer): Handler {
  return (context) => {
    try {
      return handler(context);
    } catch (error) {
      return { systemMessage: `The record of /plop could not be kept: ${explain(error)}.` };
    }
  };
}

/**
 * What to say when another handler failed. Claude Code lets everything through when a hook fails, so a call that touches
 * what the guards are for is refused in words; anything else goes on as if there were no plugin.
 */
function answerFailure(event: HookEvent, error: unknown): Answer {
  const why = error instanceof Error ? error.message.slice(0, 300) : "unknown";
  const what = `The plugin trace-audit could not judge this, as its own check failed: ${why}.`;
  const isAgent = event.agentType?.startsWith(PLUGIN_PREFIX) === true;
  const isAudit = /docs[\\/]+audit|IMPLEMENTATION_PLAN/iu.test(JSON.stringify(event.input));
  switch (event.name) {
    case "PreToolUse":
      return isAgent || isAudit ? deny(`${what} So it is refused; tell the human.`) : null;
    case "UserPromptExpansion":
      return event.command === AUDIT ? block(what) : null;
    case "PostToolUse":
      return isAudit ? block(`${what} Tell the human.`) : null;
    default:
      return null;
  }
}
