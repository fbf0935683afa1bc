import { PLUGIN_PREFIX } from "../../../mcp-server/src/audit/agents.ts";
import { own, text } from "../../../mcp-server/src/trace/values/json.ts";
import { parseSelector, USAGE } from "../../../mcp-server/src/audit/audit-argument.ts";
import { suggestArgument } from "../../../mcp-server/src/audit/suggestion.ts";
import { block, type Answer } from "../claude-code.ts";
import type { Context } from "../context.ts";

/** The command's name as Claude Code expands it. */
export const AUDIT = `${PLUGIN_PREFIX}audit`;

/** `/audit` was typed. An empty or malformed argument ends here, before any model call; a good one starts the audit. */
export function startTypedAudit({ event, audit }: Context): Answer {
  if (event.command !== AUDIT) return null;
  if (parseSelector(event.commandArgs) !== null) {
    audit.append({ event: "audit_started", prompt_id: event.promptId });
    return null;
  }
  const written = event.commandArgs.trim();
  const meant = suggestArgument(written);
  return block(
    `"${written.slice(0, 80)}" names no trace.${meant === null ? "" : ` Did you mean \`/audit ${meant}\`?`} ${USAGE}. \`/audit\` alone lists the newest.`,
  );
}

/** The model calls `/audit` through the Skill tool. */
export function startAudit({ event, audit }: Context): null {
  const skill = event.tool === "Skill" ? (text(own(event.input, "skill")) ?? "") : "";
  if (/^\/?(?:trace-audit:)?audit$/u.test(skill)) audit.append({ event: "audit_started", prompt_id: event.promptId });
  return null;
}

/** The end of the main agent's turn ends an audit, and so does a new prompt, unless it joins the turn that runs. */
export function endAudit({ event, audit }: Context): null {
  const { isRunning, promptId } = audit.state();
  const isJoining = event.name === "UserPromptSubmit" && promptId !== null && promptId === event.promptId;
  if (isRunning && !isJoining) audit.append({ event: "audit_ended" });
  return null;
}
