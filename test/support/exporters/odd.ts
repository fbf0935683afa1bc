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

/** Of the call only the hook's two rows exist: before it ran and after. */
export const seenByHooksOnly = build("Claude Code - Turn 1 (incomplete)", (trace) => {
  const name = "Claude Code - Turn 1 (incomplete)";
  const parent = trace.row({ ...spoken, name, type: "SPAN", start, end: start + 60 });
  for (const [at, event] of ["PreToolUse", "PostToolUse"].entries()) {
    const own = { name: `Hook Tool [${at + 1}]: Read`, type: "TOOL", start: start + at, end: start + at };
    trace.row({ ...own, parent, input: '{"file_path":"/p/a.ts"}', metadata: { event, tool_name: "Read" } });
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
