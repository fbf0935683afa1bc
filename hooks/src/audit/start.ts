import { AUDIT_COMMAND } from "../../../mcp-server/src/audit/agents.ts";
import { firstStep } from "../../../mcp-server/src/audit/clerk/next-step.ts";
import { own, text } from "../../../mcp-server/src/trace/values/json.ts";
import { parseSelector, USAGE } from "../../../mcp-server/src/audit/audit-argument.ts";
import { isSlip, suggestArgument } from "../../../mcp-server/src/audit/suggestion.ts";
import { block, deny, type Answer } from "../claude-code.ts";
import type { Context } from "../context.ts";

/**
 * `/audit` was typed. An empty or malformed argument ends here, before any model call; a good one starts the audit, whose first
 * step the command's text does not hold: without this hook there is none.
 */
export function startTypedAudit(context: Context): Answer {
  const { event } = context;
  if (event.command !== AUDIT_COMMAND) return null;
  const reason = judgeArgument(event.commandArgs);
  return reason === null ? start(context, event.commandArgs) : block(reason);
}

/** The model calls `/audit` through the Skill tool. */
export function startAudit(context: Context): Answer {
  const { event } = context;
  const skill = event.tool === "Skill" ? (text(own(event.input, "skill")) ?? "") : "";
  if (!/^\/?(?:trace-audit:)?audit$/u.test(skill)) return null;
  const written = text(own(event.input, "args")) ?? "";
  const reason = judgeArgument(written);
  return reason === null ? start(context, written) : deny(reason);
}

function judgeArgument(argument: string): string | null {
  const written = argument.trim();
  if (parseSelector(argument) !== null && !isSlip(written)) return null;
  if (written === "") return `/audit needs to know what to audit. ${USAGE}.`;
  const meant = suggestArgument(written);
  return `"${written.slice(0, 80)}" names no trace.${meant === null ? "" : ` Did you mean \`/audit ${meant.slice(0, 80)}\`?`} ${USAGE}. \`/audit\` alone lists the newest.`;
}

function start({ event, audit }: Context, argument: string): Answer {
  const selector = argument.trim();
  audit.append({ event: "audit_started", prompt_id: event.promptId, selector });
  return { additionalContext: firstStep(selector) };
}
