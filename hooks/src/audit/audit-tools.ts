import { isOwnAgent } from "../../../mcp-server/src/audit/agents.ts";
import { EDITING_TOOLS } from "../../../mcp-server/src/audit/editing-tools.ts";
import { own, text } from "../../../mcp-server/src/trace/values/json.ts";
import { deny, type Answer } from "../claude-code.ts";
import type { Context } from "../context.ts";
import { OWN_TOOL } from "./server.ts";

/** They read, keep the agent's own list, load a tool's description, or ask the human. */
const HARMLESS = new Set(
  "Read Grep Glob LS NotebookRead ListAgents ToolSearch TodoWrite TaskCreate TaskUpdate TaskList TaskGet AskUserQuestion".split(
    " ",
  ),
);

/** In an audit nothing runs but the audit: what no list names could start a program, at once or later. */
export function guardAuditTools({ event, audit }: Context): Answer {
  const tool = event.tool ?? "";
  if (HARMLESS.has(tool) || EDITING_TOOLS.has(tool) || OWN_TOOL.test(tool) || isOwnAgent(event.agentType)) return null;
  if ((tool === "Agent" || tool === "Task") && isOwnAgent(own(event.input, "subagent_type"))) return null;
  if (tool === "Skill" && /^\/?(?:trace-audit:)?audit$/u.test(text(own(event.input, "skill")) ?? "")) return null;
  return audit.state().isRunning
    ? deny(
        `${tool.slice(0, 100)} is refused: /audit only fetches summaries and asks its two agents. Leave the rest to the human.`,
      )
    : null;
}
