import { deny, type Answer } from "../claude-code.ts";
import type { Context } from "../context.ts";

/** The tools of the plugin's MCP server, as Claude Code names them. */
export const OWN_TOOL = /^mcp__plugin_trace-audit_langfuse__/u;
const OWN_SERVER = "plugin:trace-audit:langfuse";

/** Refuses a tool of another MCP server that has taken our tools' names, and with them the permission that `/audit` has. */
export function guardServer({ event }: Context): Answer {
  if (event.mcpServer === null || event.mcpServer === OWN_SERVER || !OWN_TOOL.test(event.tool ?? "")) return null;
  return deny(
    `${event.tool ?? ""} is not this plugin's: the MCP server "${event.mcpServer.slice(0, 100)}" has taken its name. Tell the human to rename or remove that server, and stop.`,
  );
}
