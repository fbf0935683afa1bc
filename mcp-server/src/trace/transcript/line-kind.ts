import { isRecord, own, text, type JsonRecord } from "../values/json.ts";
import { toPrompt } from "../rows/prompt.ts";
import { toMillis } from "../values/time.ts";

/**
 * What a line of a transcript is to the turn that it stands in. `human` and `notification` open a turn; `command` opens
 * one once the model answers it (a local command such as /context is never answered); `continuation` is the summary that
 * stands for what was compacted.
 */
export type LineKind =
  | "human"
  | "command"
  | "notification"
  | "continuation"
  | "interrupt"
  | "results"
  | "answer"
  | "compaction"
  | "retry"
  | "other";

/** One line of a transcript, read as far as every use of it needs. */
export type Line = {
  readonly kind: LineKind;
  /** The line as parsed; the fields that only one use needs are read there. */
  readonly record: JsonRecord;
  readonly uuid: string | null;
  /** Milliseconds since 1970. */
  readonly time: number | null;
  readonly timestamp: string | null;
  readonly message: JsonRecord;
};

const EMPTY: JsonRecord = Object.freeze({});

/** Reads a parsed line of a session's or subagent's transcript; a line of no use to an audit is `other`. */
export function readLine(record: JsonRecord): Line {
  const message = own(record, "message");
  const timestamp = text(own(record, "timestamp"));
  return {
    kind: toKind(record, isRecord(message) ? message : EMPTY),
    record,
    uuid: text(own(record, "uuid")),
    time: toMillis(timestamp),
    timestamp,
    message: isRecord(message) ? message : EMPTY,
  };
}

function toKind(record: JsonRecord, message: JsonRecord): LineKind {
  switch (own(record, "type")) {
    case "user":
      return toUserKind(record, own(message, "content"));
    case "assistant":
      return isStandIn(record, message) ? "other" : "answer";
    case "system": {
      const subtype = text(own(record, "subtype")) ?? "";
      if (subtype.endsWith("compact_boundary")) return "compaction";
      return subtype === "api_error" ? "retry" : "other";
    }
    default:
      return "other";
  }
}

/** "No response requested." and the like: written by Claude Code in the model's name, but no answer and no failure. */
function isStandIn(record: JsonRecord, message: JsonRecord): boolean {
  return own(message, "model") === "<synthetic>" && own(record, "isApiErrorMessage") !== true;
}

function toUserKind(record: JsonRecord, content: unknown): LineKind {
  const blocks = Array.isArray(content) ? content : [];
  if (blocks.some((block) => isRecord(block) && own(block, "type") === "tool_result")) return "results";
  if (own(record, "isMeta") === true) return "other";
  if (own(record, "isCompactSummary") === true) return "continuation";
  const { kind } = toPrompt(content);
  switch (kind) {
    case "human":
    case "redacted":
      if (isFromSystem(record)) return "notification";
      return isCommand(content) ? "command" : "human";
    case "absent":
      // A picture alone is a prompt too.
      return blocks.some((block) => isRecord(block) && own(block, "type") !== "text") ? "human" : "other";
    case "notification":
    case "interrupt":
    case "continuation":
      return kind;
    case "phantom":
      return "other";
  }
}

/** A prompt that Claude Code wrote itself, whatever its words. */
function isFromSystem(record: JsonRecord): boolean {
  const origin = own(record, "origin");
  return own(record, "promptSource") === "system" || (isRecord(origin) && own(origin, "kind") === "task-notification");
}

function isCommand(content: unknown): boolean {
  const first: unknown = Array.isArray(content) ? content[0] : content;
  const said = isRecord(first) ? own(first, "text") : first;
  return typeof said === "string" && said.slice(0, 2000).includes("<command-name>");
}
