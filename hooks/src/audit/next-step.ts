import { setTimeout as sleep } from "node:timers/promises";
import { ENGINEER, isOwnAgent } from "../../../mcp-server/src/audit/agents.ts";
import {
  explainUnusable,
  lastStep,
  stepAfterDiagnosis,
  stopUnhanded,
  stopWithoutPlan,
} from "../../../mcp-server/src/audit/clerk/next-step.ts";
import { isRecord, own, text } from "../../../mcp-server/src/trace/values/json.ts";
import type { Answer } from "../claude-code.ts";
import type { Context } from "../context.ts";
import type { SessionState } from "../state/session-state.ts";

const STEP_MS = 150;
/** Below the hook's own timeout in hooks.json, so that it ends in words. */
const PATIENCE_MS = 570_000;

/**
 * Tells the main agent what comes after an agent of the audit. In a terminal Claude Code starts every subagent in the
 * background, whatever the call asks for: the turn would end, and the audit with its order and permissions. So there the
 * call is held until the agent has ended.
 */
export async function tellNextStep({ event, audit }: Context): Promise<Answer> {
  const type = own(event.input, "subagent_type");
  if ((event.tool !== "Agent" && event.tool !== "Task") || !isOwnAgent(type) || !audit.state().isRunning) return null;
  const { response } = event;
  const agent = isRecord(response) ? (text(own(response, "agentId")) ?? "") : "";
  const isBackground = isRecord(response) && own(response, "status") === "async_launched";
  const minutes = PATIENCE_MS / 60_000;
  for (let waited = 0; isBackground && audit.state().isRunning && !audit.state().finalAnswers.has(agent);) {
    if (waited >= PATIENCE_MS)
      return {
        additionalContext: stopWithoutPlan(`${type} did not finish in ${minutes} minutes, so no plan was written.`),
      };
    await sleep(STEP_MS);
    waited += STEP_MS;
    audit.look();
  }
  const state = audit.state();
  return state.isRunning ? { additionalContext: toNote(type, agent, state) } : null;
}

function toNote(type: string, agent: string, state: SessionState): string {
  const { outcome, diagnosis, translation, handed, refusals, finalAnswers } = state;
  if (outcome !== null) return outcome.is === "written" ? lastStep(outcome.words) : stopWithoutPlan(outcome.words);
  if (!handed.has(type)) return stopUnhanded(type);
  if (type === ENGINEER && diagnosis !== null) return stepAfterDiagnosis(diagnosis.issues.length);
  if (translation !== null) return stopUnhanded(type);
  const reasons = refusals.get(agent)?.at(-1) ?? [];
  return stopWithoutPlan(explainUnusable({ agent: type, answer: finalAnswers.get(agent) ?? null, reasons }));
}
