import { z } from "zod";

const Block = z.looseObject({ type: z.string() });
const Content = z.union([z.string(), z.array(Block)]);
const Message = z.looseObject({ role: z.string(), content: Content });
const Tool = z.looseObject({ name: z.string(), input_schema: z.unknown().optional() });
const Body = z.looseObject({
  model: z.string(),
  stream: z.boolean().default(false),
  system: Content.default(""),
  tools: z.array(Tool).default([]),
  messages: z.array(Message),
});
const TextBlock = z.looseObject({ type: z.literal("text"), text: z.string() });
const ToolUse = z.looseObject({
  type: z.literal("tool_use"),
  id: z.string(),
  name: z.string(),
  input: z.record(z.string(), z.unknown()),
});
const ToolResult = z.looseObject({
  type: z.literal("tool_result"),
  tool_use_id: z.string(),
  content: Content.default(""),
  is_error: z.boolean().default(false),
});

/** One tool result that the CLI hands to the model, with the call it answers. */
export interface ToolOutcome {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly isError: boolean;
}

/** What the CLI asks of the model: the request body and what a script wants to know of it. */
export interface ModelRequest {
  /** 1, 2, … over the model requests of one stand-in, in order of arrival. */
  readonly n: number;
  readonly model: string;
  readonly system: string;
  readonly tools: readonly string[];
  readonly toolSchemas: Readonly<Record<string, unknown>>;
  readonly messages: readonly z.infer<typeof Message>[];
  /** Which subagent asks; null for the main agent. */
  readonly agentId: string | null;
  readonly userText: string;
  readonly firstUserText: string;
  /** What the CLI puts behind the last user message as the system's: a hook's additional context, reminders. */
  readonly notes: string;
  /** Results in the last user message. */
  readonly toolResults: readonly ToolOutcome[];
  /** "aux" is a main-session request without tools: titles, classifiers and the like. */
  readonly kind: "agent" | "aux";
  readonly body: z.infer<typeof Body>;
}

/** Describes the body of a POST to /v1/messages; throws when it is not one. */
export function parseModelRequest(json: unknown, n: number, agentId: string | null): ModelRequest {
  const body = Body.parse(json);
  const users = body.messages.filter(({ role }) => role === "user");
  const lastUser = users.at(-1)?.content ?? "";
  const tools = body.tools.map(({ name }) => name);
  return {
    n,
    model: body.model,
    system: toText(body.system),
    tools,
    toolSchemas: Object.fromEntries(body.tools.map((tool) => [tool.name, tool.input_schema])),
    messages: body.messages,
    agentId,
    userText: toText(lastUser),
    firstUserText: toText(users[0]?.content ?? ""),
    notes: body.messages
      .slice(body.messages.findLastIndex(({ role }) => role === "user") + 1)
      .map(({ content }) => toText(content))
      .join("\n"),
    toolResults: toOutcomes(lastUser, body.messages),
    kind: tools.length === 0 && agentId === null ? "aux" : "agent",
    body,
  };
}

function toText(content: z.infer<typeof Content>): string {
  if (typeof content === "string") return content;
  return content
    .flatMap((block) => TextBlock.safeParse(block).data ?? [])
    .map(({ text }) => text)
    .join("\n");
}

function toOutcomes(content: z.infer<typeof Content>, messages: readonly z.infer<typeof Message>[]): ToolOutcome[] {
  const calls = new Map(
    messages
      .flatMap((message) => (typeof message.content === "string" ? [] : message.content))
      .flatMap((block) => ToolUse.safeParse(block).data ?? [])
      .map((call) => [call.id, call]),
  );
  if (typeof content === "string") return [];
  return content
    .flatMap((block) => ToolResult.safeParse(block).data ?? [])
    .map((result) => ({
      name: calls.get(result.tool_use_id)?.name ?? "",
      input: calls.get(result.tool_use_id)?.input ?? {},
      text: toText(result.content),
      isError: result.is_error,
    }));
}
