import { isRecord, own, text, type JsonRecord } from "../../mcp-server/src/trace/values/json.ts";
import { AGENTS, bareMentions, explainMentions, PLUGIN } from "../../mcp-server/src/audit/agents.ts";
import { parseSelector, USAGE } from "../../mcp-server/src/trace/values/selector.ts";
import { checkAnswer, endAudit, guardOrder, noteSummary, startAudit } from "./audit/audit.ts";
import { refreshIndex } from "./audit/refresh-index.ts";
import { guardAgentTools } from "./audit/agent-tools.ts";
import { guardShell } from "./audit/shell.ts";
import { guardWrites, keepWrittenPlan } from "./audit/writes.ts";
import { answerPlop } from "./plop/events.ts";
import { awaitReport, noteReport } from "./audit/foreground.ts";
import { isRefusal, type Handler, type HookAnswer, type Machine } from "./claude-code.ts";

/** Who is asked about which event after /plop's own handlers, in this order. */
const HANDLERS: Readonly<Record<string, readonly Handler[]>> = {
  UserPromptSubmit: [endAudit, onMention],
  UserPromptExpansion: [onExpansion],
  PreToolUse: [guardAgentTools, guardWrites, guardShell, guardOrder, onSkill, onAgentCall],
  PostToolUse: [noteSummary, keepWrittenPlan, awaitReport],
  SubagentStop: [checkAnswer, noteReport],
  Stop: [endAudit, refreshIndex],
};

/** The answer to a hook event, in the form that Claude Code reads, or null for none. The first refusal is the answer. */
export async function answerHook(event: JsonRecord, machine: Machine): Promise<HookAnswer> {
  let answer: HookAnswer = answerPlop(event, machine.plop);
  if (answer !== null && isRefusal(answer)) return answer;
  for (const handler of HANDLERS[text(own(event, "hook_event_name")) ?? ""] ?? []) {
    const next = await handler(event, machine);
    if (next !== null && isRefusal(next)) return next;
    answer = merge(answer, next);
  }
  return answer;
}

function merge(first: HookAnswer, second: HookAnswer): HookAnswer {
  if (first === null || second === null) return first ?? second;
  const [a, b] = [own(first, "hookSpecificOutput"), own(second, "hookSpecificOutput")];
  const merged = { ...first, ...second };
  return isRecord(a) && isRecord(b) ? { ...merged, hookSpecificOutput: { ...a, ...b } } : merged;
}

/** A bare `@prompt-engineer` does nothing by itself in Claude Code; it gets the full name's meaning. */
function onMention(event: JsonRecord, { hasOwnAgent }: Machine): HookAnswer {
  const folder = text(own(event, "cwd")) ?? "";
  const agents = bareMentions(text(own(event, "prompt")) ?? "").filter((agent) => !hasOwnAgent(folder, agent));
  if (agents.length === 0) return null;
  return { hookSpecificOutput: { hookEventName: "UserPromptSubmit", additionalContext: explainMentions(agents) } };
}

/** An empty or malformed argument of /audit ends here, before any model call; a good one starts the audit. */
function onExpansion(event: JsonRecord, machine: Machine): HookAnswer {
  if (own(event, "command_name") !== `${PLUGIN}:audit`) return null;
  const written = text(own(event, "command_args")) ?? "";
  if (parseSelector(written) !== null) return startAudit(event, machine);
  const what =
    written.trim() === "" ? "/audit needs to know what to audit." : `"${written.trim().slice(0, 80)}" names no trace.`;
  return { decision: "block", reason: `${what} ${USAGE}.` };
}

function onSkill(event: JsonRecord, machine: Machine): HookAnswer {
  return own(event, "tool_name") === "Skill" ? startAudit(event, machine) : null;
}

/** Subagents run in the background unless told otherwise, and then lose the command's permissions and order. */
function onAgentCall(event: JsonRecord): HookAnswer {
  const input = own(event, "tool_input");
  if (!isRecord(input)) return null;
  const type = text(own(input, "subagent_type")) ?? "";
  if (!AGENTS.some((agent) => type === `${PLUGIN}:${agent}`) || own(input, "run_in_background") === false) return null;
  return { hookSpecificOutput: { hookEventName: "PreToolUse", updatedInput: { ...input, run_in_background: false } } };
}
