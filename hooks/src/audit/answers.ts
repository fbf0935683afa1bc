import { ENGINEER, isOwnAgent } from "../../../mcp-server/src/audit/agents.ts";
import { toChecked, type Checked } from "../../../mcp-server/src/audit/answers/answer-json.ts";
import { checkDiagnosis } from "../../../mcp-server/src/audit/answers/prompt-engineer.ts";
import { checkTranslation } from "../../../mcp-server/src/audit/answers/refactoring-specialist.ts";
import { judgeMarked } from "../../../mcp-server/src/audit/history/judge-marked.ts";
import { readMarks, readSymptoms } from "../../../mcp-server/src/disk/marks.ts";
import { readPromptFiles } from "../../../mcp-server/src/disk/prompt-files.ts";
import { block, listReasons, type Answer } from "../claude-code.ts";
import type { Context } from "../context.ts";
import { createLinkJudge, IN_AUDIT } from "../edit-targets.ts";

/**
 * Claude Code lets an agent end after eight refusals in a row, and an agent that reads again in between would never come to
 * its end.
 */
const MAX_REFUSALS = 8;

/**
 * Checks the answer of an agent that /audit started, and keeps the first good one of each; what is wrong goes back to it, all
 * reasons at once. An agent that was not handed its input, or whose step is done, is let go.
 */
export function checkAnswer(context: Context): Answer {
  const { event, audit } = context;
  const { agentType: type, agentId, lastMessage } = event;
  const { isRunning, handed, diagnosis, translation, refusals } = audit.state();
  if (!isOwnAgent(type) || !isRunning || !handed.has(type)) return null;
  if ((type === ENGINEER ? diagnosis : translation) !== null) return null;
  const agent = agentId ?? "";
  const { value, problems } = check(context, lastMessage ?? "");
  if (value !== null) audit.append({ event: "answer_accepted", agent: type, answer: JSON.stringify(value) });
  const isLast = (refusals.get(agent)?.length ?? 0) >= MAX_REFUSALS;
  if (value !== null || isLast) return null;
  audit.append({ event: "answer_refused", agent, reasons: problems });
  const intro =
    "The audit cannot use this answer. Answer again with one JSON object and nothing before or after it, no code fence, and correct all of this:";
  return block(listReasons(intro, problems));
}

function check({ event, audit, project, ownFolders }: Context, answer: string): Checked<unknown> {
  const { summaries, diagnosis } = audit.state();
  const facts = summaries.map((summary) => summary.facts);
  const files = readPromptFiles(project);
  if (event.agentType === ENGINEER) {
    const { value, problems } = checkDiagnosis(answer, facts, files);
    const marked = value === null ? [] : judgeMarked(value, facts, readMarks(project), readSymptoms(project));
    return toChecked(value, [...problems, ...marked]);
  }
  const judgeLinks = createLinkJudge(project, ownFolders, IN_AUDIT);
  return checkTranslation(answer, diagnosis ?? { issues: [] }, judgeLinks, files);
}

/**
 * Keeps the last message of an agent of the audit that has ended, with an answer or on an error of the API. Comes last: whoever
 * waits for the agent goes on then.
 */
export function keepFinalAnswer({ event: { agentId, agentType, lastMessage }, audit }: Context): null {
  if (agentId !== null && isOwnAgent(agentType) && audit.state().isRunning)
    audit.append({ event: "agent_finished", agent: agentId, answer: lastMessage ?? "" });
  return null;
}
