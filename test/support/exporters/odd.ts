import { buildTrace, type RowParts, type TraceBuilder } from "./rows.ts";
import type { LegacyTrace } from "../langfuse/store.ts";

const start = Date.parse("2026-11-23T08:00:00.000Z");

function build(name: string, add: (trace: TraceBuilder) => void, texts: Partial<RowParts> = {}): LegacyTrace {
  const trace = buildTrace(name);
  add(trace);
  return trace.finish({ name, start, input: texts.input ?? null, output: texts.output ?? null });
}

const spoken = { input: { role: "user", content: "Fix it" }, output: { role: "assistant", content: "Fixed." } };

/** BAEM1N exported the turn while it still ran: its text so far looks like an answer. */
export const exportedTooEarly = build("Claude Code - Turn 1 (incomplete)", (trace) => {
  trace.row({ ...spoken, name: "Claude Code - Turn 1 (incomplete)", type: "SPAN", start, end: start + 60 });
});

/** Hooks saw a call and wrote two rows of it, by its name or, as BAEM1N's do, without one. */
export const seenByHooksOnly = (tool: string): LegacyTrace =>
  build("Claude Code - Turn 1 (incomplete)", (trace) => {
    const name = "Claude Code - Turn 1 (incomplete)";
    const parent = trace.row({ ...spoken, name, type: "SPAN", start, end: start + 60 });
    for (const [at, event] of ["PreToolUse", "PostToolUse"].entries()) {
      const own = { name: `Hook Tool [${at + 1}]: ${tool}`, type: "TOOL", start: start + at, end: start + at };
      trace.row({ ...own, parent, input: '{"file_path":"/p/a.ts"}', metadata: { event, tool_name: tool } });
    }
  });

/** A failed turn of Arize's exporter whose texts are redacted: the name alone tells of the failure. */
export const failedByName = build("Turn 2 (failed)", (trace) => {
  const texts = { input: "Fix it", output: "[redacted]" };
  trace.row({ ...texts, name: "Turn 2 (failed)", type: "CHAIN", start, end: start + 900 });
});

/** pdhoolia keeps the text of an answer under `text`: here with a plan before the first tool. */
export const plannedInText = build("Turn 1", (trace) => {
  const own = { type: "GENERATION", input: spoken.input };
  const asked = { role: "assistant", text: "## Plan\n1. Read", tool_calls: [{ name: "Read", id: "a" }] };
  const metadata = { stop_reason: "tool_use" };
  const parent = trace.row({ ...own, name: "LLM Call 1/2", start, end: start + 50, output: asked, metadata });
  const read = { name: "Tool: Read", type: "SPAN", start: start + 60, end: start + 90, metadata: { tool_id: "a" } };
  trace.row({ ...read, parent, input: { file_path: "/p/a.ts" }, output: "1" });
  const output = { role: "assistant", text: "Done." };
  trace.row({
    ...own,
    name: "LLM Call 2/2",
    start: start + 90,
    end: start + 200,
    output,
    metadata: { stop_reason: "end_turn" },
  });
});

/** A proxied request whose history begins with a message that Claude Code wrote. */
export const remindedFirst = build("litellm-anthropic_messages", (trace) => {
  const messages = [
    { role: "user", content: [{ type: "text", text: "<system-reminder>Today is Monday.</system-reminder>" }] },
    { role: "user", content: [{ type: "text", text: "Fix it" }] },
  ];
  const output = { role: "assistant", content: "Fixed.", tool_calls: null };
  const name = "litellm-anthropic_messages";
  trace.row({ name, type: "GENERATION", start, end: start + 900, input: { messages }, output });
});

/** A turn of one request, whose answer arrives in the given form on the root and on the request. */
export const answeredAs = (output: unknown): LegacyTrace =>
  build("claude.conversation", (trace) => {
    const own = { start, end: start + 900, output };
    const input = { prompt: "Fix it" };
    const parent = trace.row({ ...own, name: "claude.conversation", type: "SPAN", input });
    trace.row({ ...own, name: "claude.assistant.turn", type: "GENERATION", parent, input: { messages: [] } });
  });

/** Claude Code wrote something in the model's name: a failure, or that nothing was asked. */
export const writtenByClaudeCode = (content: string): LegacyTrace => {
  const texts = { input: { role: "user", content: "/exit" }, output: { role: "assistant", content } };
  return build(
    "Claude Code - Turn 3 (6ce776ba)",
    (trace) => {
      const own = { ...texts, start, end: start + 9 };
      const parent = trace.row({ ...own, name: "Conversational Turn", type: "SPAN" });
      trace.row({ ...own, name: "LLM Call 1", type: "GENERATION", parent, model: "<synthetic>" });
    },
    texts,
  );
};

/** A request through a LiteLLM proxy with virtual keys is named by the key's alias. */
export const proxiedByAlias = build("litellm-anthropic_messages", (trace) => {
  const messages = [
    { role: "user", content: "Fix it" },
    { role: "assistant", content: [{ type: "tool_use", id: "a", name: "Read", input: { file_path: "/p/a.ts" } }] },
    { role: "user", content: [{ type: "tool_result", tool_use_id: "a", content: "1" }] },
  ];
  const output = { role: "assistant", content: "Fixed.", tool_calls: null };
  trace.row({ name: "litellm:team-key", type: "GENERATION", start, end: start + 900, input: { messages }, output });
});

/** pdhoolia's turn of one request without calls: a row named as another exporter names its own. */
export const oneRequest = build(
  "Claude Code - Turn 2",
  (trace) => {
    const output = { role: "assistant", text: "Yes." };
    const own = { name: "Claude Response", type: "GENERATION", input: spoken.input, output };
    trace.row({ ...own, start, end: start + 900, metadata: { stop_reason: "end_turn", has_thinking: "false" } });
  },
  spoken,
);

/** OpenInference for Python: an Agent call with its own row and the subagent's span below, or as that span alone. */
export const delegated = (hasOwnRow: boolean): LegacyTrace =>
  build("ClaudeAgentSDK.ClaudeSDKClient.receive_response", (trace) => {
    const name = "ClaudeAgentSDK.ClaudeSDKClient.receive_response";
    const root = trace.row({ name, type: "AGENT", start, end: start + 900, input: "Fix it", output: "Fixed." });
    const input = { subagent_type: "Explore", prompt: "Look" };
    const own = { start: start + 10, end: start + 800 };
    const call = hasOwnRow ? trace.row({ ...own, name: "Agent", type: "TOOL", parent: root, input }) : root;
    const span = { ...own, name: "ClaudeAgentSDK.Agent", type: "AGENT", parent: call };
    const parent = trace.row(hasOwnRow ? span : { ...span, input });
    const read = { name: "Read", type: "TOOL", input: { file_path: "/p/a.ts" }, output: "1" };
    trace.row({ ...read, start: start + 20, end: start + 30, parent });
  });

/** Langfuse's plugin 1.2: the project's name beside the session, and the work of a subagent's subagent below it. */
export const nestedSubagents = build("Claude Code - Turn 1 (6ce776ba)", (trace) => {
  const metadata = { source: "claude-code", project_name: "shop" };
  const root = trace.row({ ...spoken, name: "Conversational Turn", type: "SPAN", start, end: start + 900, metadata });
  const addAgent = (parent: string, type: string, at: number): string => {
    const own = { start: start + at, end: start + 800 - at };
    const input = { subagent_type: type, prompt: "Look" };
    const named = { tool_name: "Agent", tool_id: `toolu_${type}` };
    trace.row({ ...own, name: "Tool: Agent", type: "TOOL", parent, input, output: "found", metadata: named });
    const about = { agent_type: type, description: "Look" };
    return trace.row({ ...own, name: "Subagent: Look", type: "SPAN", parent, input: spoken.input, metadata: about });
  };
  const inner = addAgent(addAgent(root, "Explore", 10), "general-purpose", 20);
  const read = { tool_name: "Read", tool_id: "toolu_read" };
  const call = { name: "Tool: Read", type: "TOOL", input: { file_path: "/p/a.ts" }, output: "1", metadata: read };
  trace.row({ ...call, parent: inner, start: start + 30, end: start + 40 });
  const answer = { input: spoken.input, output: spoken.output };
  trace.row({ ...answer, name: "LLM Call 1", type: "GENERATION", parent: root, start: start + 810, end: start + 890 });
});

/** Arize's hooks were told to hide prompts, or saw no end of the turn. */
export const arizeTurn = (input: string, output: string): LegacyTrace =>
  build("Turn 3", (trace) => {
    trace.row({ name: "Turn 3", type: "CHAIN", start, end: start + 900, input, output });
  });
