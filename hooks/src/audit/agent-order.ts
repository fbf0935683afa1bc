import { ENGINEER, isOwnAgent } from "../../../mcp-server/src/audit/agents.ts";
import { own } from "../../../mcp-server/src/trace/values/json.ts";
import { deny, type Answer } from "../claude-code.ts";
import type { Context } from "../context.ts";

/** In an audit the two agents come in their order, each with what it needs. */
export function guardOrder({ event, audit }: Context): Answer {
  const type = own(event.input, "subagent_type");
  if ((event.tool !== "Agent" && event.tool !== "Task") || !isOwnAgent(type)) return null;
  const { isRunning, summaries, diagnosis } = audit.state();
  if (!isRunning) return null;
  if (summaries.length === 0)
    return deny(`/audit has written no summary that ${type} could read. Call write_summary for each trace first.`);
  if (type === ENGINEER) return null;
  if (diagnosis === null)
    return deny(
      `No answer of ${ENGINEER} was accepted in this audit. Show the human what it said and stop; write no plan.`,
    );
  return diagnosis.issues.length > 0
    ? null
    : deny("The diagnosis has no issue, so there is nothing to translate. Write the plan without issues.");
}

/** Subagents run in the background unless told otherwise, and then lose the command's permissions and order. */
export function keepInForeground({ event: { input } }: Context): Answer {
  if (!isOwnAgent(own(input, "subagent_type")) || own(input, "run_in_background") === false) return null;
  return { updatedInput: { ...input, run_in_background: false } };
}
