import { ENGINEER, isOwnAgent } from "../../../mcp-server/src/audit/agents.ts";
import { own } from "../../../mcp-server/src/trace/values/json.ts";
import { deny, type Answer } from "../claude-code.ts";
import type { Context } from "../context.ts";
import type { SessionState } from "../state/session-state.ts";
import { missingIn } from "./summaries.ts";

/** In an audit the two agents come in their order, once each, with what they need. */
export function guardOrder({ event, audit }: Context): Answer {
  const type = own(event.input, "subagent_type");
  if ((event.tool !== "Agent" && event.tool !== "Task") || !isOwnAgent(type)) return null;
  const state = audit.state();
  const reason = state.isRunning ? judgeOrder(type, state) : null;
  return reason === null ? null : deny(reason);
}

function judgeOrder(type: string, state: SessionState): string | null {
  const { summaries, diagnosis, translation, outcome } = state;
  if (outcome !== null) return "This audit is over. Say what you were told to say, and stop.";
  if (summaries.length === 0 || missingIn(state).length > 0)
    return `/audit has not written every summary that ${type} is to read. Call write_summary first, once, with every trace_id that fetch_trace returned.`;
  if (type === ENGINEER)
    return diagnosis === null ? null : `The diagnosis of ${ENGINEER} is accepted already. Go on with the next step.`;
  if (diagnosis === null)
    return `No answer of ${ENGINEER} was accepted in this audit, so there is nothing to translate. Show the human what it said and stop.`;
  return translation === null ? null : "The translation is accepted already. Go on with the next step.";
}
