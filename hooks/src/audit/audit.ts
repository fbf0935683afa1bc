import { isRecord, own, text, type JsonRecord, parseRecord } from "../../../mcp-server/src/trace/values/json.ts";
import { checkDiagnosis } from "../../../mcp-server/src/audit/answers/diagnosis.ts";
import { parseFacts } from "../../../mcp-server/src/audit/answers/summary-facts.ts";
import { checkTranslation } from "../../../mcp-server/src/audit/answers/translation.ts";
import { AGENTS, PLUGIN } from "../../../mcp-server/src/audit/agents.ts";
import { NOT_RECORDED } from "../../../mcp-server/src/audit/plan/wording.ts";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { appendEvent, readState, type AuditEvent, type AuditState } from "./session-log.ts";
import { deny, foldersOf, sessionOf, toReason, type HookAnswer, type Machine } from "../claude-code.ts";
import { createLinkJudge, followLinks, isWithin } from "../places.ts";
import { join } from "node:path";

const [ENGINEER, SPECIALIST] = [`${PLUGIN}:${AGENTS[0]}`, `${PLUGIN}:${AGENTS[1]}`] as const;
const WRITE_SUMMARY = "mcp__plugin_trace-audit_langfuse__write_summary";

/** What this session's audit has established. */
export function stateOf(event: JsonRecord, machine: Machine): AuditState {
  return readState(machine.stateFolder, sessionOf(event));
}

/** Notes what happened in this session. */
export function note(event: JsonRecord, machine: Machine, happened: AuditEvent): void {
  appendEvent(machine.stateFolder, sessionOf(event), happened, machine.now());
}

/** `/audit` was typed, or the model calls it through the Skill tool. */
export function startAudit(event: JsonRecord, machine: Machine): null {
  const name = text(own(event, "command_name")) ?? text(own(toolInput(event), "skill")) ?? "";
  if (/^\/?(?:trace-audit:)?audit$/u.test(name))
    note(event, machine, { event: "audit_started", prompt_id: text(own(event, "prompt_id")) });
  return null;
}

/** The end of the main agent's turn ends an audit, and so does a new prompt, unless it joins the turn that runs. */
export function endAudit(event: JsonRecord, machine: Machine): null {
  const { isRunning, promptId } = stateOf(event, machine);
  const isJoining =
    own(event, "hook_event_name") === "UserPromptSubmit" && promptId !== null && promptId === own(event, "prompt_id");
  if (isRunning && !isJoining) note(event, machine, { event: "audit_ended" });
  return null;
}

/**
 * Keeps what a summary of the audit says, as it was written, and gives the model the lines of the plan that name its
 * trace: answers with many summaries leave them out or shorten them.
 */
export function noteSummary(event: JsonRecord, machine: Machine): HookAnswer {
  if (own(event, "tool_name") !== WRITE_SUMMARY || !stateOf(event, machine).isRunning) return null;
  const written = parseRecord(text(own(event, "tool_response")) ?? "") ?? {};
  const path = text(own(written, "path"));
  if (path === null) return null;
  const { project } = foldersOf(event, machine);
  const file = followLinks(join(project, path));
  if (!isWithin(file, summariesOf(project))) return null;
  const content = readFileSync(file, "utf8");
  const facts =
    createHash("sha256").update(content).digest("hex") === own(written, "sha256") ? parseFacts(content) : null;
  if (facts === null) return null;
  note(event, machine, { event: "summary_written", summary: JSON.stringify(facts) });
  const lines = [
    `- Trace ID: ${facts.trace_id}`,
    `- Goal: ${facts.goal ?? NOT_RECORDED}`,
    `- Date: ${facts.started_at ?? NOT_RECORDED}`,
  ];
  return {
    hookSpecificOutput: {
      hookEventName: "PostToolUse",
      additionalContext: `For Source Trace of the plan, if /audit comes to that:\n${lines.join("\n")}`,
    },
  };
}

/** docs/audit/summaries of a project, when it is no link itself. */
export function summariesOf(projectFolder: string): string {
  return join(followLinks(projectFolder), "docs", "audit", "summaries");
}

/** In an audit the two agents come in their order, each with what it needs. */
export function guardOrder(event: JsonRecord, machine: Machine): HookAnswer {
  if (own(event, "tool_name") !== "Agent" && own(event, "tool_name") !== "Task") return null;
  const type = own(toolInput(event), "subagent_type");
  if (type !== ENGINEER && type !== SPECIALIST) return null;
  const { isRunning, summaries, diagnosis } = stateOf(event, machine);
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

/**
 * Claude Code lets an agent end after eight refusals in a row, and an agent that reads again in between would never come to
 * its end.
 */
const MAX_REFUSALS = 8;

/** Checks the answer of an agent that /audit started; what is wrong goes back to it, all reasons at once. */
export function checkAnswer(event: JsonRecord, machine: Machine): HookAnswer {
  const type = own(event, "agent_type");
  if (type !== ENGINEER && type !== SPECIALIST) return null;
  const state = stateOf(event, machine);
  if (!state.isRunning) return null;
  const answer = text(own(event, "last_assistant_message")) ?? "";
  const problems = type === ENGINEER ? checkEngineer(answer) : checkSpecialist(answer);
  const agent = text(own(event, "agent_id")) ?? "";
  if (problems.length === 0 || (state.refusals.get(agent) ?? 0) >= MAX_REFUSALS) return null;
  note(event, machine, { event: "answer_refused", agent });
  const intro =
    "The audit cannot use this answer. Answer again with one JSON object and nothing before or after it, no code fence, and correct all of this:";
  return { decision: "block", reason: toReason(intro, problems) };

  function checkEngineer(answer: string): readonly string[] {
    const { value, problems } = checkDiagnosis(answer, state.summaries);
    note(event, machine, { event: "diagnosis", answer: value === null ? null : JSON.stringify(value) });
    return problems;
  }

  function checkSpecialist(answer: string): readonly string[] {
    // Without a diagnosis nothing that it says could be right; the plan is refused instead.
    if (state.diagnosis === null) return [];
    const judgeLinks = createLinkJudge(foldersOf(event, machine).project);
    const { value, problems } = checkTranslation(answer, state.diagnosis, judgeLinks);
    note(event, machine, { event: "translation", answer: value === null ? null : JSON.stringify(value) });
    return problems;
  }
}

export function toolInput(event: JsonRecord): JsonRecord {
  const input = own(event, "tool_input");
  return isRecord(input) ? input : {};
}
