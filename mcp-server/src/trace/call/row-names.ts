// What exporters call their rows, where one name means the same whoever wrote it. What belongs to one exporter alone is in
// trace/exporters/table.ts; together the two say all that this project knows of names.

/** The names that exporters put around a tool's own. */
const AROUND_TOOL = /^(?:Tool: |Tool - |Hook Tool \[\d+\]: |tool_|tool:)(?=\S)|^ClaudeAgentSDK\.(?=(?:Agent|Task)$)/u;
const NAMED_AGENT = /^(?:Agent|Task) \((.{1,200})\)$/su;
const SUBAGENT =
  /^Subagent\b(?!.* LLM Call)|[^:] Subagent$|^subagent:|^ClaudeAgentSDK\.(?:Agent|Task|Subagent)$|^Workflow agent:/u;
const NATIVE = "claude_code.";

/** The `span.type` that a row of Claude Code's own telemetry has in its name, or null. */
export function nativeType(name: string): string | null {
  return name.startsWith(NATIVE) ? name.slice(NATIVE.length) : null;
}

/** Whether a name says that the row is a tool call, whatever its type. */
export function hasToolPrefix(name: string): boolean {
  return AROUND_TOOL.test(name);
}

/** A tool's name without what an exporter puts around it. */
export function withoutToolPrefix(name: string): string {
  return name.replace(AROUND_TOOL, "");
}

/** A row that some exporters write for a call beside its own one (`Hook Tool [3]: Bash`). */
export function isHookRow(name: string): boolean {
  return name.startsWith("Hook Tool [");
}

/** The subagent in the name of an Agent call (`Tool: Agent (Explore)`), or null. */
export function agentInCall(name: string): string | null {
  return NAMED_AGENT.exec(withoutToolPrefix(name))?.[1] ?? null;
}

/** What holds a subagent's work in OpenInference for Python: below the Agent call's own row, or that call itself. */
export function isAgentSpan(name: string): boolean {
  return /^ClaudeAgentSDK\.(?:Agent|Task)$/u.test(name);
}

/** The span of a subagent, by its name. */
export function isSubagentSpan(name: string): boolean {
  return SUBAGENT.test(name);
}

/** The subagent's type in the name of its span, or null. In `Subagent: …` it is one only where `isType` says so. */
export function agentInSpan(name: string, isType: boolean): string | null {
  if (name.startsWith("subagent:")) return name.slice("subagent:".length).trim() || null;
  const suffixed = /^(.{1,150}) Subagent$/su.exec(name)?.[1];
  return suffixed ?? (isType ? (/^Subagent: (.{1,150})$/su.exec(name)?.[1] ?? null) : null);
}

/** A trace of one subagent alone, by the trace's name. */
export function isSubagentTraceName(name: string): boolean {
  return name.startsWith("subagent:");
}

/** A request of a subagent (`Subagent LLM Call 3`), by the name of its generation. */
export function isSubagentRequest(name: string): boolean {
  return name.startsWith("Subagent");
}

/** A request that a LiteLLM proxy recorded, named by its kind or, with virtual keys, by the key's alias. */
export function isProxied(name: string): boolean {
  return name.startsWith("litellm-") || name.startsWith("litellm:");
}

/** A turn's tokens as a generation of pace-maker: no request, without texts, and never ended. */
export function isUsageRow(name: string): boolean {
  return name === "claude-code-generation";
}

/** What pace-maker writes beside its tools for each text of the answer. */
export function isAnswerText(name: string): boolean {
  return name === "Assistant Response";
}

/** A turn whose request failed. */
export function isFailedTurn(name: string): boolean {
  return /^Turn .{1,20} \(failed\)$/u.test(name);
}

/** A turn that was exported before it was over. */
export function isIncompleteTurn(name: string): boolean {
  return name.endsWith(" (incomplete)");
}

/** An event that says that the context was compacted. */
export function isCompaction(name: string): boolean {
  return /compact/iu.test(name);
}
