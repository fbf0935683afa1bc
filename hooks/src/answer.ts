import { AUDIT_COMMAND, PLUGIN_PREFIX, toAgentType } from "../../mcp-server/src/audit/agents.ts";
import { own, text, type JsonRecord } from "../../mcp-server/src/trace/values/json.ts";
import {
  block,
  deny,
  explain,
  formatAnswer,
  isRefusal,
  merge,
  parseEvent,
  type Answer,
  type HookEvent,
} from "./claude-code.ts";
import { createContext, type Context, type Scope } from "./context.ts";

type Handler = (context: Context) => Answer | Promise<Answer>;
/**
 * Who answers which event, in this order: `/plop` first, then `/audit`. The first refusal is the answer and nobody after it
 * is asked; otherwise the answers are merged. hooks.json says for which tools and commands an event comes here at all.
 */
export type Handlers = ReadonlyMap<string, readonly Handler[]>;

/** Prints the answer of some handlers to a hook event, or nothing. */
export async function answerEvent(json: JsonRecord, scope: Scope, handlers: Handlers): Promise<void> {
  const event = withAgentTypes(parseEvent(json));
  const answer = await ask(event, scope, handlers.get(event.name) ?? []);
  if (answer === null) return;
  process.stdout.write(formatAnswer(event, answer));
  answer.record?.();
}

async function ask(event: HookEvent, scope: Scope, handlers: readonly Handler[]): Promise<Answer> {
  try {
    const context = createContext(event, process.env, scope);
    let { input } = event;
    let answer: Answer = null;
    for (const handler of handlers) {
      // Each handler sees the call as the ones before it leave it.
      const next = await handler({ ...context, event: { ...event, input } });
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
export function tellFailure(handler: (context: Context) => Answer): Handler {
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
      return event.command === AUDIT_COMMAND ? block(what) : null;
    case "PostToolUse":
      return isAudit ? block(`${what} Tell the human.`) : null;
    default:
      return null;
  }
}
