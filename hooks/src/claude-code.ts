// The protocol of Claude Code's hooks: what an event says, and the form of an answer. See
// https://code.claude.com/docs/en/hooks.
import { isRecord, own, text, type JsonRecord } from "../../mcp-server/src/trace/values/json.ts";

/** A hook event. What Claude Code did not send, or sent empty, is null; which fields it sends depends on the event. */
export type HookEvent = {
  readonly name: string;
  /** The session's id, "" without one. */
  readonly session: string;
  /** The human's prompt that began the turn, by its id. */
  readonly promptId: string | null;
  readonly cwd: string | null;
  /** The file that Claude Code keeps of the session. */
  readonly transcriptPath: string | null;
  readonly isPlanMode: boolean;
  readonly prompt: string;
  /** A command that was typed, without its slash, and what followed it. */
  readonly command: string | null;
  readonly commandArgs: string;
  readonly tool: string | null;
  readonly input: JsonRecord;
  /** The MCP server that the tool is of, as Claude Code names it; null for other tools, and from a Claude Code that names none. */
  readonly mcpServer: string | null;
  /** What the tool answered: text or an object. */
  readonly response: unknown;
  readonly isFromSubagent: boolean;
  readonly agentId: string | null;
  readonly agentType: string | null;
  /** The last message of the agent that wants to end. */
  readonly lastMessage: string | null;
  /** Whether a Stop hook has sent the agent back already. */
  readonly isStopAgain: boolean;
};

export function parseEvent(event: JsonRecord): HookEvent {
  const textOf = (key: string): string | null => text(own(event, key));
  const input = own(event, "tool_input");
  const server = own(event, "mcp_server");
  return {
    name: textOf("hook_event_name") ?? "",
    session: textOf("session_id") ?? "",
    promptId: textOf("prompt_id"),
    cwd: textOf("cwd"),
    transcriptPath: textOf("transcript_path"),
    isPlanMode: own(event, "permission_mode") === "plan",
    prompt: textOf("prompt") ?? "",
    command: textOf("command_name"),
    commandArgs: textOf("command_args") ?? "",
    tool: textOf("tool_name"),
    input: isRecord(input) ? input : {},
    mcpServer: isRecord(server) ? text(own(server, "name")) : null,
    response: own(event, "tool_response"),
    isFromSubagent: own(event, "agent_id") !== undefined,
    agentId: textOf("agent_id"),
    agentType: textOf("agent_type"),
    lastMessage: textOf("last_assistant_message"),
    isStopAgain: own(event, "stop_hook_active") === true,
  };
}

/** What is said to an event; null leaves it to others. */
export type Answer = {
  /**
   * `allow`, `ask` (the human is asked) and `deny` are about a tool call; `block` is about a prompt, a result, or an agent
   * that wants to end.
   */
  readonly decision?: "allow" | "ask" | "deny" | "block";
  /** Shown to the model, or to the human when a prompt is blocked. */
  readonly reason?: string;
  /** What the model is told besides. */
  readonly additionalContext?: string;
  /** What the tool gets in place of its input. */
  readonly updatedInput?: JsonRecord;
  /** Shown to the human. */
  readonly systemMessage?: string;
  /** What is written down once the answer is given, so that a slow disk does not hold the answer back. Does not throw. */
  readonly record?: () => void;
} | null;

/** Refuses a tool call; the model is shown the reason. */
export function deny(reason: string): Answer {
  return { decision: "deny", reason };
}

/** Lets a tool call through without asking the human. */
export function allow(reason: string): Answer {
  return { decision: "allow", reason };
}

/** Has the human asked about a tool call, in whatever mode; without a human it is refused. */
export function ask(reason: string): Answer {
  return { decision: "ask", reason };
}

/** Stops a prompt, or sends a result or an agent's end back with a reason. */
export function block(reason: string): Answer {
  return { decision: "block", reason };
}

/** Whether an answer stops something: a tool call, a prompt, or an agent that wants to end. */
export function isRefusal(answer: Answer): boolean {
  return answer?.decision === "deny" || answer?.decision === "block";
}

const NAME = "trace-audit: ";
/** The words of an answer say who speaks: a human may have many plugins. */
function signed(words: string | undefined): string | undefined {
  // What begins with a command of the plugin names it already.
  return words === undefined || /^(?:trace-audit:|\/(?:audit|plop)\b)/u.test(words) ? words : NAME + words;
}

/** Both answers in one: the human is shown both messages; of anything else that both say, the second one's word. */
export function merge(first: Answer, second: Answer): Answer {
  if (first === null || second === null) return first ?? second;
  const messages = [first.systemMessage, second.systemMessage].filter((message) => message !== undefined);
  return { ...first, ...second, ...(messages.length === 0 ? {} : { systemMessage: messages.join("\n") }) };
}

/** Several reasons at once, as a list. */
export function listReasons(intro: string, reasons: readonly string[]): string {
  return `${intro}\n${reasons.map((reason) => `- ${reason}`).join("\n")}`;
}

/** An error as the end of a sentence, without its full stop. */
export function explain(error: unknown): string {
  return error instanceof Error ? error.message.replace(/\.$/u, "") : "an unknown error";
}

/** An answer in the JSON that Claude Code reads. */
export function formatAnswer({ name }: HookEvent, answer: NonNullable<Answer>): string {
  const { decision, reason: why, systemMessage, record: _, ...rest } = answer;
  const reason = decision === "allow" ? why : signed(why);
  if (name === "PermissionRequest") {
    const permission = decision === "allow" ? { behavior: "allow" } : { behavior: "deny", message: reason };
    return JSON.stringify({ hookSpecificOutput: { hookEventName: name, decision: permission } });
  }
  const isBlock = decision === "block";
  const output =
    decision === undefined || isBlock
      ? rest
      : { permissionDecision: decision, permissionDecisionReason: reason, ...rest };
  return JSON.stringify({
    systemMessage: signed(systemMessage),
    ...(isBlock ? { decision, reason } : {}),
    ...(Object.keys(output).length === 0 ? {} : { hookSpecificOutput: { hookEventName: name, ...output } }),
  });
}
