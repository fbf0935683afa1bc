import { own, type JsonRecord } from "../../../mcp-server/src/trace/values/json.ts";
import type { HookAnswer } from "../claude-code.ts";
import { onPlop } from "./start.ts";
import { onPermissionRequest, onToolCall } from "./guard.ts";
import { explain, onPrompt, onSessionEnd, onStop, type Place } from "./life.ts";

/** Claude Code's events in the order of a turn, and what `/plop` does at each. */
const HANDLERS: ReadonlyMap<unknown, (event: JsonRecord, place: Place) => HookAnswer> = new Map([
  ["UserPromptSubmit", onPrompt],
  ["UserPromptExpansion", onPlop],
  ["PreToolUse", onToolCall],
  ["PermissionRequest", onPermissionRequest],
  ["Stop", onStop],
  ["SessionEnd", onSessionEnd],
]);

/**
 * What `/plop` and its guard answer to an event. The handlers that guard refuse on their own errors; a failure of another
 * is said to the human and holds nothing up.
 */
export function answerPlop(event: JsonRecord, place: Place): HookAnswer {
  try {
    return HANDLERS.get(own(event, "hook_event_name"))?.(event, place) ?? null;
  } catch (error) {
    return { systemMessage: `The record of /plop could not be kept: ${explain(error)}.` };
  }
}
