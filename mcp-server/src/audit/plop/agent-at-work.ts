import { isRecord, own, parseRecord, text } from "../../trace/values/json.ts";

/**
 * Whether an agent may still be at work, by the last lines of its transcript: it has not said its last word yet, nor was it
 * interrupted. True where that cannot be told.
 */
export function isAtWork(tail: string): boolean {
  const lines = tail.trimEnd().split("\n");
  for (const line of lines.toReversed()) {
    const message = own(parseRecord(line) ?? {}, "message");
    if (!isRecord(message)) continue;
    const content = JSON.stringify(own(message, "content") ?? "");
    if (own(message, "role") === "assistant") {
      const reason = text(own(message, "stop_reason"));
      return reason === null ? content.includes('"type":"tool_use"') : reason === "tool_use";
    }
    return !content.includes("[Request interrupted by user");
  }
  return true;
}
