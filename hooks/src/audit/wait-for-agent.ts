import { setTimeout as sleep } from "node:timers/promises";
import { isOwnAgent } from "../../../mcp-server/src/audit/agents.ts";
import { isRecord, own, text } from "../../../mcp-server/src/trace/values/json.ts";
import type { Answer } from "../claude-code.ts";
import type { Context } from "../context.ts";

const STEP_MS = 150;
/** Below the hook's own timeout in hooks.json, so that it ends in words. */
const PATIENCE_MS = 570_000;

/**
 * In a terminal Claude Code starts every subagent in the background, whatever the call asks for: the turn would end, and
 * the audit with its order and permissions. So the call is held here until the agent has ended, and hands its answer to the
 * main agent within the same turn.
 */
export async function waitForAgent({ event, audit }: Context): Promise<Answer> {
  const type = own(event.input, "subagent_type");
  if (!isOwnAgent(type) || !isRecord(event.response) || own(event.response, "status") !== "async_launched") return null;
  const agent = text(own(event.response, "agentId")) ?? "";
  for (let waited = 0; waited < PATIENCE_MS; waited += STEP_MS) {
    const { isRunning, finalAnswers } = audit.look();
    if (!isRunning) return null;
    const answer = finalAnswers.get(agent);
    if (answer !== undefined)
      return {
        additionalContext: `${type} has finished already. No notification is needed; go on with /audit. Its answer:\n${answer}`,
      };
    await sleep(STEP_MS);
  }
  const minutes = PATIENCE_MS / 60_000;
  return { additionalContext: `${type} did not finish in ${minutes} minutes. Tell the human and stop; write no plan.` };
}
