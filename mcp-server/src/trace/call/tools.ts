import { toName } from "../values/names.ts";

/** What a call does, whichever tool did it. `check` is a type checker, linter or build: weaker than a test. */
export type Op = "read" | "search" | "edit" | "test" | "check" | "exec" | "plan" | "delegate" | "other";

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

// The names that exporters put around a tool's own.
const PREFIXES = /^(?:Tool: |Tool - |Hook Tool \[\d+\]: |tool_|tool:)(?=\S)|^ClaudeAgentSDK\.(?=(?:Agent|Task)$)/u;
const AGENT_OF = /^(?:Agent|Task) \((.{1,200})\)$/su;

export type ToolName = { readonly tool: string; readonly subagent: string | null };

/** Whether an observation's name says that it is a tool call, whatever its type. */
export function hasToolPrefix(name: string): boolean {
  return PREFIXES.test(name);
}

/** A second row some exporters write for a call that has one already (`Hook Tool [3]: Bash`). */
export function isHookTwin(name: string): boolean {
  return name.startsWith("Hook Tool [");
}

/** An Agent call whose row names the subagent (`Tool: Agent (Explore)`). */
export function isNamedAgent(name: string): boolean {
  return AGENT_OF.test(name.replace(PREFIXES, ""));
}

/**
 * The canonical name of a tool as exporters write it: lower case, `Task` is `agent`, MCP tools by their full name as
 * written. `Agent (Explore)` also names the subagent.
 */
export function toToolName(written: string): ToolName {
  const known = names.get(written);
  if (known !== undefined) return known;
  const named = parseToolName(written);
  // Traces use a few names many times; a hostile one must not fill the memory with others.
  if (names.size < 500 && written.length < 200) names.set(written, named);
  return named;
}

const names = new Map<string, ToolName>();

function parseToolName(written: string): ToolName {
  const bare = written.replace(PREFIXES, "");
  const agent = AGENT_OF.exec(bare);
  if (agent) return { tool: "agent", subagent: agent[1] ?? null };
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
  return BOOKKEEPING.has(tool);
}

const BOOKKEEPING: ReadonlySet<string> = new Set([
  "taskcreate",
  "taskupdate",
  "tasklist",
  "taskget",
  "taskoutput",
  "todowrite",
  "bashoutput",
  "agentoutput",
  "killshell",
  "toolsearch",
]);
