import { type TraceBuilder } from "./rows.ts";
import { resultText, type SessionCall, type SessionStep, type SessionTurn } from "./session.ts";
import type { JsonObject } from "../langfuse/store.ts";

/** A prompt as the hooks write it. */
export const user = (content: string): JsonObject => ({ role: "user", content });
/** An answer as the hooks write it. */
export const assistant = (content: string): JsonObject => ({ role: "assistant", content });
const lengthOf = (text: string): JsonObject => ({ truncated: false, orig_len: text.length });

/** What hooks note of a turn. */
export const turnMetadata = (turn: SessionTurn): JsonObject => ({
  source: "claude-code",
  session_id: turn.sessionId,
  turn_number: turn.number,
  transcript_path: `${turn.sessionId}.jsonl`,
  user_text: lengthOf(turn.prompt),
});

/** The calls that an answer asks for, by id and name. */
export const requested = (step: SessionStep): JsonObject =>
  step.calls.length === 0 ? {} : { tool_calls: step.calls.map(({ id, tool }) => ({ id, name: tool })) };

/** A row `Tool: X` with what hooks note of a call. */
export function addTool(trace: TraceBuilder, call: SessionCall, parent: string, sdk: JsonObject): string {
  const metadata = {
    tool_name: call.tool,
    tool_id: call.id,
    output_meta: lengthOf(resultText(call)),
  };
  const { start, end, input, output } = call;
  return trace.row({
    name: `Tool: ${call.tool}`,
    type: "TOOL",
    start,
    end,
    parent,
    input,
    output,
    metadata: { ...metadata, ...sdk },
  });
}
