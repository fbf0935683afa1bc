import { own, isRecord, text, type JsonRecord } from "../../mcp-server/src/core/json.ts";
import { AGENTS, bareMentions, explainMentions, PLUGIN } from "../../mcp-server/src/core/mentions.ts";
import { parseSelector, USAGE } from "../../mcp-server/src/core/selector.ts";

/** What the handlers ask of the machine. */
export type Machine = { readonly hasOwnAgent: (projectFolder: string, agent: string) => boolean };

/** The answer to a hook event, in the form that Claude Code reads, or null for none. */
export function answerHook(event: JsonRecord, machine: Machine): JsonRecord | null {
  switch (own(event, "hook_event_name")) {
    case "UserPromptSubmit":
      return onPrompt(event, machine);
    case "UserPromptExpansion":
      return onExpansion(event);
    case "PreToolUse":
      return onAgentCall(event);
    default:
      return null;
  }
}

/** A bare `@prompt-engineer` does nothing by itself in Claude Code; it gets the full name's meaning. */
function onPrompt(event: JsonRecord, { hasOwnAgent }: Machine): JsonRecord | null {
  const folder = text(own(event, "cwd")) ?? "";
  const agents = bareMentions(text(own(event, "prompt")) ?? "").filter((agent) => !hasOwnAgent(folder, agent));
  if (agents.length === 0) return null;
  return { hookSpecificOutput: { hookEventName: "UserPromptSubmit", additionalContext: explainMentions(agents) } };
}

/** An empty or malformed argument of /audit ends here, before any model call. */
function onExpansion(event: JsonRecord): JsonRecord | null {
  const written = text(own(event, "command_args")) ?? "";
  if (parseSelector(written) !== null) return null;
  const what =
    written.trim() === "" ? "/audit needs to know what to audit." : `"${written.trim().slice(0, 80)}" names no trace.`;
  return { decision: "block", reason: `${what} ${USAGE}.` };
}

/** Subagents run in the background unless told otherwise, and then lose the command's permissions and order. */
function onAgentCall(event: JsonRecord): JsonRecord | null {
  const input = own(event, "tool_input");
  if (!isRecord(input)) return null;
  const type = text(own(input, "subagent_type")) ?? "";
  if (!AGENTS.some((agent) => type === `${PLUGIN}:${agent}`) || own(input, "run_in_background") === false) return null;
  return { hookSpecificOutput: { hookEventName: "PreToolUse", updatedInput: { ...input, run_in_background: false } } };
}
