import { isRecord, own, text, toValue, type JsonRecord } from "../values/json.ts";

/**
 * Who asked for a request that a proxy recorded: the main agent, one of its subagents, or Claude Code itself, for a title
 * and the like. `unknown` where the system prompt was not recorded, or was written by a version that marks nothing.
 */
export type Asker = "main" | "subagent" | "helper" | "unknown";

/** Claude Code's first block of every system prompt, and the mark in it where a subagent asks. */
const HEADER = /x-anthropic-billing-header:[^\n"]{0,400}/u;
const SUBAGENT = "cc_is_subagent=true";
/** The header stands first; LiteLLM writes the list of blocks as Python would. */
const SCAN = 1000;

/** Reads a row of LiteLLM: its system prompt is one of the model's parameters, or the first message. */
export function askerOf(row: JsonRecord): Asker {
  const input = toValue(own(row, "input"));
  const system = systemOf(toValue(own(row, "modelParameters")), input);
  if (system === null) return "unknown";
  const header = HEADER.exec(system)?.[0];
  if (header?.includes(SUBAGENT) === true) return "subagent";
  // An agent is always offered tools, and they are recorded where the system prompt is.
  const tools = isRecord(input) ? own(input, "tools") : undefined;
  if (!Array.isArray(tools) || tools.length === 0) return "helper";
  return header === undefined ? "unknown" : "main";
}

/** Whether all requests of a trace were asked by others than the main agent. */
export function isAside(askers: ReadonlySet<Asker>): boolean {
  return askers.size > 0 && !askers.has("main") && !askers.has("unknown");
}

function systemOf(parameters: unknown, input: unknown): string | null {
  const parameter = isRecord(parameters) ? headOf(own(parameters, "system")) : null;
  if (parameter !== null || !isRecord(input)) return parameter;
  const messages = own(input, "messages");
  const first: unknown = Array.isArray(messages) ? messages[0] : undefined;
  const isSystem = isRecord(first) && own(first, "role") === "system";
  return headOf(isSystem ? own(first, "content") : own(input, "system"));
}

function headOf(system: unknown): string | null {
  const first: unknown = Array.isArray(system) ? system[0] : system;
  const written = isRecord(first) ? text(own(first, "text")) : text(first);
  return written === null || written === "" ? null : written.slice(0, SCAN);
}
