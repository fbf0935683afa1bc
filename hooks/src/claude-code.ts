import { isRecord, own, text, type JsonRecord } from "../../mcp-server/src/trace/values/json.ts";
import type { Place } from "./plop/life.ts";

/** What the handlers ask of the machine. */
export type Machine = {
  readonly hasOwnAgent: (projectFolder: string, agent: string) => boolean;
  /** Where Claude Code was started, as the MCP server has it; null leaves it to the event. */
  readonly projectFolder: string | null;
  /** Where what a session has established is kept between hooks; nobody else's. */
  readonly stateFolder: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** What the handlers of /plop work on. */
  readonly plop: Place;
};

/** The answer to a hook event in the form that Claude Code reads, or null for none. */
export type HookAnswer = JsonRecord | null;
export type Handler = (event: JsonRecord, machine: Machine) => HookAnswer | Promise<HookAnswer>;

/** Refuses a tool call; the model is shown the reason. */
export function deny(reason: string): JsonRecord {
  return {
    hookSpecificOutput: { hookEventName: "PreToolUse", permissionDecision: "deny", permissionDecisionReason: reason },
  };
}

/** Several reasons at once, as a list. */
export function toReason(intro: string, problems: readonly string[]): string {
  return `${intro}\n${problems.map((problem) => `- ${problem}`).join("\n")}`;
}

/** The folder that the session works in, and the one that relative paths of its tools start from. */
export function foldersOf(event: JsonRecord, machine: Machine): { readonly project: string; readonly cwd: string } {
  const cwd = text(own(event, "cwd")) ?? machine.projectFolder ?? ".";
  return { project: machine.projectFolder ?? cwd, cwd };
}

export function sessionOf(event: JsonRecord): string {
  return text(own(event, "session_id")) ?? "unknown";
}

/** Whether an answer stops something: a tool call, a prompt, or an agent that wants to end. */
export function isRefusal(answer: JsonRecord): boolean {
  const output = own(answer, "hookSpecificOutput");
  return own(answer, "decision") === "block" || (isRecord(output) && own(output, "permissionDecision") === "deny");
}

/**
 * What to say when a handler failed. Claude Code lets everything through when a hook fails, so a call that touches what
 * the guards are for is refused in words; anything else goes on as if there were no plugin.
 */
export function answerFailure(event: JsonRecord, error: unknown): HookAnswer {
  const why = error instanceof Error ? error.message.slice(0, 300) : "unknown";
  const what = `The plugin trace-audit could not judge this, as its own check failed: ${why}.`;
  const isAgent = (text(own(event, "agent_type")) ?? "").startsWith("trace-audit:");
  const isAudit = /docs[\\/]+audit|IMPLEMENTATION_PLAN/iu.test(JSON.stringify(own(event, "tool_input") ?? null));
  switch (own(event, "hook_event_name")) {
    case "PreToolUse":
      return isAgent || isAudit ? deny(`${what} So it is refused; tell the human.`) : null;
    case "UserPromptExpansion":
      return own(event, "command_name") === "trace-audit:audit" ? { decision: "block", reason: what } : null;
    case "PostToolUse":
      return isAudit ? { decision: "block", reason: `${what} Tell the human.` } : null;
    default:
      return null;
  }
}
