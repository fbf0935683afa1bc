import { setTimeout as sleep } from "node:timers/promises";
import { isRecord, own, text, type JsonRecord } from "../../../mcp-server/src/trace/values/json.ts";
import { AGENTS, PLUGIN } from "../../../mcp-server/src/audit/agents.ts";
import { note, stateOf, toolInput } from "./audit.ts";
import type { HookAnswer, Machine } from "../claude-code.ts";

const STEP_MS = 150;
/** Below the hook's own timeout in hooks.json, so that it ends in words. */
const PATIENCE_MS = 570_000;

/** Keeps the answer with which an agent of the audit ends. Comes after the check, which lets only good ones this far. */
export function noteReport(event: JsonRecord, machine: Machine): null {
  const [agent, answer] = [text(own(event, "agent_id")), text(own(event, "last_assistant_message"))];
  if (agent !== null && answer !== null && stateOf(event, machine).isRunning)
    note(event, machine, { event: "agent_reported", agent, answer });
  return null;
}

/**
 * In a terminal Claude Code starts every subagent in the background, whatever the call asks for: the turn would end, and
 * the audit with its order and permissions. So the call is held here until the agent has reported, and hands its answer
 * to the main agent within the same turn.
 */
export async function awaitReport(event: JsonRecord, machine: Machine): Promise<HookAnswer> {
  const response = own(event, "tool_response");
  const type = text(own(toolInput(event), "subagent_type")) ?? "";
  if (!isRecord(response) || own(response, "status") !== "async_launched") return null;
  if (!AGENTS.some((agent) => type === `${PLUGIN}:${agent}`)) return null;
  const agent = text(own(response, "agentId")) ?? "";
  for (let waited = 0; waited < PATIENCE_MS; waited += STEP_MS) {
    const { isRunning, reports } = stateOf(event, machine);
    if (!isRunning) return null;
    const answer = reports.get(agent);
    if (answer !== undefined) {
      return context(
        `${type} has finished already. No notification is needed; go on with /audit. Its answer:\n${answer}`,
      );
    }
    await sleep(STEP_MS);
  }
  return context(`${type} did not finish in ${PATIENCE_MS / 60_000} minutes. Tell the human and stop; write no plan.`);
}

function context(additionalContext: string): JsonRecord {
  return { hookSpecificOutput: { hookEventName: "PostToolUse", additionalContext } };
}
