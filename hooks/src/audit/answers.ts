import { ENGINEER, isOwnAgent } from "../../../mcp-server/src/audit/agents.ts";
import { checkDiagnosis } from "../../../mcp-server/src/audit/answers/prompt-engineer.ts";
import { checkTranslation } from "../../../mcp-server/src/audit/answers/refactoring-specialist.ts";
import { judgeMarked } from "../../../mcp-server/src/audit/history/judge-marked.ts";
import { readMarks, readSymptoms } from "../../../mcp-server/src/disk/marks.ts";
import { block, listReasons, type Answer } from "../claude-code.ts";
import type { Context } from "../context.ts";
import { createLinkJudge, IN_AUDIT } from "../edit-targets.ts";

/**
 * Claude Code lets an agent end after eight refusals in a row, and an agent that reads again in between would never come to
 * its end.
 */
const MAX_REFUSALS = 8;

/** Checks the answer of an agent that /audit started; what is wrong goes back to it, all reasons at once. */
export function checkAnswer({ event, audit, project, ownFolders }: Context): Answer {
  const { summaries, diagnosis, refusals, isRunning } = audit.state();
  if (!isOwnAgent(event.agentType) || !isRunning) return null;
  const answer = event.lastMessage ?? "";
  const problems = event.agentType === ENGINEER ? checkEngineer() : checkSpecialist();
  const agent = event.agentId ?? "";
  if (problems.length === 0 || (refusals.get(agent) ?? 0) >= MAX_REFUSALS) return null;
  audit.append({ event: "answer_refused", agent });
  const intro =
    "The audit cannot use this answer. Answer again with one JSON object and nothing before or after it, no code fence, and correct all of this:";
  return block(listReasons(intro, problems));

  function checkEngineer(): readonly string[] {
    const { value, problems } = checkDiagnosis(answer, summaries, null);
    const marked = value === null ? [] : judgeMarked(value, summaries, readMarks(project), readSymptoms(project));
    audit.append({
      event: "diagnosis",
      answer: value === null || marked.length > 0 ? null : JSON.stringify(value),
    });
    return [...problems, ...marked];
  }

  function checkSpecialist(): readonly string[] {
    // Without a diagnosis nothing that it says could be right; the plan is refused instead.
    if (diagnosis === null) return [];
    const { value, problems } = checkTranslation(
      answer,
      diagnosis,
      createLinkJudge(project, ownFolders, IN_AUDIT),
      null,
    );
    audit.append({ event: "translation", answer: value === null ? null : JSON.stringify(value) });
    return problems;
  }
}

/** Keeps the answer with which an agent of the audit ends. Comes after the check, which lets only good ones this far. */
export function keepFinalAnswer({ event: { agentId, lastMessage }, audit }: Context): null {
  if (agentId !== null && lastMessage !== null && audit.state().isRunning)
    audit.append({ event: "agent_finished", agent: agentId, answer: lastMessage });
  return null;
}
