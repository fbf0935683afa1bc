import { randomUUID } from "node:crypto";

/** A call of one of the CLI's tools; the id is made up when absent. */
export interface ToolCall {
  readonly type: "tool_use";
  readonly id?: string;
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface TextAnswer {
  readonly type: "text";
  readonly text: string;
}

export type AnswerBlock = string | TextAnswer | ToolCall;

/** What a script lets the model say: text, blocks, either after a delay, or an API error. */
export type Answer =
  | string
  | AnswerBlock[]
  | { readonly content: string | AnswerBlock[]; readonly delayMs?: number }
  | { readonly error: ApiError; readonly delayMs?: number };

export interface ApiError {
  readonly status: number;
  readonly type: string;
  readonly message: string;
}

/** Short forms a script can use. */
export interface Helpers {
  text(text: string): TextAnswer;
  tool(name: string, input?: Readonly<Record<string, unknown>>): ToolCall;
  /** A foreground call of the Agent tool. */
  agent(subagentType: string, prompt: string): ToolCall;
  /** An API error the CLI does not retry. */
  refuse(message: string): Answer;
}

export const helpers: Helpers = {
  text: (text) => ({ type: "text", text }),
  tool: (name, input = {}) => ({ type: "tool_use", name, input }),
  agent: (subagentType, prompt) => ({
    type: "tool_use",
    name: "Agent",
    input: {
      description: subagentType,
      subagent_type: subagentType,
      prompt,
      run_in_background: false,
    },
  }),
  refuse: (message) => ({ error: { status: 400, type: "invalid_request_error", message } }),
};

/** Four characters a token: enough for limits that only need the order of magnitude. */
export function estimateTokens(value: unknown): number {
  return Math.ceil(JSON.stringify(value).length / 4);
}

/** The Messages API's message object for scripted content. */
export function toMessage(content: string | AnswerBlock[], model: string, inputTokens: number) {
  const blocks = (typeof content === "string" ? [content] : content).map(toBlock);
  return {
    id: `msg_${randomUUID()}`,
    type: "message",
    role: "assistant",
    model,
    content: blocks,
    stop_reason: blocks.some(({ type }) => type === "tool_use") ? "tool_use" : "end_turn",
    stop_sequence: null,
    usage: {
      input_tokens: inputTokens,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      output_tokens: estimateTokens(blocks),
    },
  };
}

/** The same message as the server-sent events of a streamed answer. */
export function toEventStream(message: ReturnType<typeof toMessage>): string {
  const { stop_reason, stop_sequence, usage } = message;
  const blocks = message.content.flatMap((block, index) => [
    { type: "content_block_start", index, content_block: emptied(block) },
    { type: "content_block_delta", index, delta: toDelta(block) },
    { type: "content_block_stop", index },
  ]);
  const events = [
    { type: "message_start", message: { ...message, content: [], stop_reason: null } },
    ...blocks,
    { type: "message_delta", delta: { stop_reason, stop_sequence }, usage },
    { type: "message_stop" },
  ];
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join("");
}

type SentBlock = TextAnswer | (ToolCall & { readonly id: string });

function toBlock(block: AnswerBlock): SentBlock {
  if (typeof block === "string") return { type: "text", text: block };
  return block.type === "text" ? block : { id: `toolu_${randomUUID()}`, ...block };
}

function emptied(block: SentBlock): SentBlock {
  return block.type === "text" ? { ...block, text: "" } : { ...block, input: {} };
}

function toDelta(block: SentBlock) {
  return block.type === "text"
    ? { type: "text_delta", text: block.text }
    : { type: "input_json_delta", partial_json: JSON.stringify(block.input) };
}
