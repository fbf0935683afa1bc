import { PLUGIN_PREFIX, toAgentType } from "../../mcp-server/src/audit/agents.ts";
import { own, text } from "../../mcp-server/src/trace/values/json.ts";
import { guardAgentTools } from "./audit/agent-tools.ts";
import { guardAuditTools } from "./audit/audit-tools.ts";
import { checkAnswer, keepFinalAnswer } from "./audit/answers.ts";
import { tellLeftOut } from "./audit/left-out.ts";
import { handSummaries } from "./audit/hand-summaries.ts";
import { resolveMentions } from "./audit/mentions.ts";
import { guardOrder } from "./audit/agent-order.ts";
import { briefAgent } from "./audit/brief-agent.ts";
import { tellNextStep } from "./audit/next-step.ts";
import { refreshIndex } from "./audit/refresh-index.ts";
import { showScan } from "./audit/scan.ts";
import { guardShell } from "./audit/shell.ts";
import { AUDIT, endAudit, startAudit, startTypedAudit } from "./audit/start-and-end.ts";
import { guardServer } from "./audit/server.ts";
import { keepFetched, keepSummaries } from "./audit/summaries.ts";
import { writeFinishedPlan } from "./audit/write-plan.ts";
import { guardWrites, noteWrittenPlan } from "./audit/writes.ts";
import { block, deny, explain, isRefusal, merge, type Answer, type HookEvent } from "./claude-code.ts";
import { createContext, type Context, type Scope } from "./context.ts";
import { notePlace, requirePlace } from "./place.ts";
import { guardPlop } from "./plop/guard.ts";
import { stopMistyped } from "./plop/mistyped.ts";
import { waitForOthers } from "./plop/other-agents.ts";
import { startPlop } from "./plop/start.ts";
import { beginTurn, endSession, endTurn } from "./plop/turn.ts";
import { checkWritten } from "./plop/written.ts";

type Handler = (context: Context) => Answer | Promise<Answer>;
type Handlers = ReadonlyMap<string, readonly Handler[]>;

/**
 * Who answers which event, in this order: `/plop` first, then `/audit`. The first refusal is the answer and nobody after it
 * is asked; otherwise the answers are merged. hooks.json says for which tools and commands an event comes here at all.
 */
const HANDLERS: Handlers = new Map<string, readonly Handler[]>([
  ["UserPromptSubmit", [tellFailure(beginTurn), stopMistyped, endAudit, resolveMentions]],
  ["UserPromptExpansion", [notePlace, waitForOthers, tellFailure(startPlop), showScan, startTypedAudit]],
  [
    "PreToolUse",
    [
      guardPlop,
      guardServer,
      guardAgentTools,
      guardWrites,
      guardShell,
      guardAuditTools,
      guardOrder,
      startAudit,
      briefAgent,
      handSummaries,
    ],
  ],
  ["PermissionRequest", [guardPlop]],
  ["PostToolUse", [checkWritten, keepFetched, keepSummaries, noteWrittenPlan, tellNextStep]],
  ["SubagentStop", [checkAnswer, writeFinishedPlan, keepFinalAnswer]],
  ["StopFailure", [keepFinalAnswer]],
  ["Stop", [tellFailure(endTurn), tellLeftOut, endAudit, refreshIndex]],
  ["SessionEnd", [tellFailure(endSession)]],
]);
/** From a typed `/plop` on, for every tool of the main agent. */
const IN_PLOP: Handlers = new Map<string, readonly Handler[]>([
  ["PreToolUse", [requirePlace, guardPlop]],
  ["PostToolUse", [checkWritten]],
  ["Stop", [tellFailure(endTurn), refreshIndex]],
]);
/** From an `/audit` on, for every tool of the main agent. */
const IN_AUDIT: Handlers = new Map<string, readonly Handler[]>([
  ["PreToolUse", [requirePlace, guardShell, guardWrites, guardAuditTools]],
  ["Stop", [tellLeftOut, endAudit, refreshIndex]],
]);

/** The answer to a hook event, null for none. `env` is what Claude Code runs hooks with. */
export async function answerEvent(event: HookEvent, env: NodeJS.ProcessEnv, scope: Scope): Promise<Answer> {
  const handlers = scope === "plop" ? IN_PLOP : scope === "audit" ? IN_AUDIT : HANDLERS;
  try {
    const context = createContext(withAgentTypes(event), env, scope);
    let { input } = context.event;
    let answer: Answer = null;
    for (const handler of handlers.get(event.name) ?? []) {
      // Each handler sees the call as the ones before it leave it.
      const next = await handler({ ...context, event: { ...context.event, input } });
      if (isRefusal(next)) return next;
      answer = merge(answer, next);
      input = next?.updatedInput ?? input;
    }
    return answer;
  } catch (error) {
    return answerFailure(event, error);
  }
}

/** The event with its agents' types in one spelling each. */
function withAgentTypes(event: HookEvent): HookEvent {
  const asked = text(own(event.input, "subagent_type"));
  return {
    ...event,
    agentType: event.agentType === null ? null : toAgentType(event.agentType),
    input: asked === null ? event.input : { ...event.input, subagent_type: toAgentType(asked) },
  };
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
  const what = `This could not be judged, as the plugin's own check failed: ${why}.`;
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
