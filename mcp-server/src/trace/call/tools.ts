import { toName } from "../values/names.ts";
import type { Op } from "../values/vocabulary.ts";
import { agentInCall, withoutToolPrefix } from "./row-names.ts";

const OPS: ReadonlyMap<string, Op> = new Map<string, Op>([
  ["read", "read"],
  ["notebookread", "read"],
  ["webfetch", "read"],
  ["grep", "search"],
  ["glob", "search"],
  ["ls", "search"],
  ["websearch", "search"],
  ["toolsearch", "search"],
  ["edit", "edit"],
  ["multiedit", "edit"],
  ["write", "edit"],
  ["notebookedit", "edit"],
  ["bash", "exec"],
  ["powershell", "exec"],
  ["agent", "delegate"],
  ["taskcreate", "plan"],
  ["todowrite", "plan"],
  ["enterplanmode", "plan"],
  ["exitplanmode", "plan"],
]);

export type ToolName = { readonly tool: string; readonly subagent: string | null };

/**
 * The canonical name of a tool as exporters write it: lower case, `Task` is `agent`, MCP tools by their full name as
 * written. `Agent (Explore)` also names the subagent.
 */
export function toToolName(written: string): ToolName {
  const subagent = agentInCall(written);
  if (subagent !== null) return { tool: "agent", subagent };
  const bare = withoutToolPrefix(written);
  if (bare.startsWith("mcp__")) return { tool: toName(bare), subagent: null };
  // Readers of JSON drop or obey a key of this name.
  const tool = toName(bare.toLowerCase()).replace(/^__proto__$/u, "_proto_");
  return { tool: tool === "task" ? "agent" : tool, subagent: null };
}

/** What a tool does by its name alone; for a shell the command says more. */
export function toOp(tool: string): Op {
  return OPS.get(tool) ?? "other";
}

export function isShell(tool: string): boolean {
  return tool === "bash" || tool === "powershell";
}

/** Keeping a list or waiting: repeating these is their use, so they are neither thrash nor identical calls. */
export function isBookkeeping(tool: string): boolean {
  return LISTS.has(tool) || WAITS.has(tool);
}

const LISTS: ReadonlySet<string> = new Set([
  "taskcreate",
  "taskupdate",
  "tasklist",
  "taskget",
  "todowrite",
  "todoread",
  "toolsearch",
]);

/** Asking how something goes that runs elsewhere, under all names that Claude Code gave these tools up to 2.1.330. */
const WAITS: ReadonlySet<string> = new Set([
  "agentoutput",
  "agentoutputtool",
  "bashoutput",
  "bashoutputtool",
  "taskoutput",
  "killbash",
  "killshell",
  "taskstop",
  "monitor",
  "sleep",
  "schedulewakeup",
  "cronlist",
  "listagents",
  "listpeers",
  "readnotifications",
  "waitformcpservers",
  "refreshmcptools",
  "listmcpresources",
  "listmcpresourcestool",
  "readmcpresource",
  "readmcpresourcetool",
  "readmcpresourcedir",
  "readmcpresourcedirtool",
]);
