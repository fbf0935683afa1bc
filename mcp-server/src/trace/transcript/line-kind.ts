import { isRecord, own, text, type JsonRecord } from "../values/json.ts";
import { bashInput, isMemory, isStoppedByHook } from "../rows/not-typed.ts";
import { toPrompt } from "../rows/prompt.ts";
import { toMillis } from "../values/time.ts";

/**
 * What a line of a transcript is to the turn that it stands in. `human` and `notification` open a turn. `command` and
 * `notice` open one, a human's and nobody's, once the model answers it: a local command such as /context is never
 * answered, nor is what a hook stopped. `continuation` is the summary that stands for what was compacted.
 */
export type LineKind =
  | "human"
  | "command"
  | "notification"
  | "notice"
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
      // Older versions mark the prompt of a scheduled task by this line before it alone.
      if (subtype === "scheduled_task_fire") return "notice";
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
  const isByMachine = isFromMachine(record);
  // The prompt of a scheduled task is hidden as well; other hidden lines belong to the turn that they stand in.
  if (own(record, "isMeta") === true) return isByMachine ? "notification" : "other";
  if (own(record, "isCompactSummary") === true) return "continuation";
  const { kind } = toPrompt(content);
  switch (kind) {
    case "human":
    case "redacted":
      if (isByMachine) return "notification";
      return isCommand(content) ? "command" : "human";
    case "absent": {
      // A picture alone is a prompt too.
      const opener = isByMachine ? "notification" : "human";
      return blocks.some((block) => isRecord(block) && own(block, "type") !== "text") ? opener : "other";
    }
    case "notification":
      return isStoppedByHook(firstText(content)) ? "notice" : "notification";
    case "interrupt":
    case "continuation":
      return kind;
    case "phantom":
      return isMemory(firstText(content)) ? "notice" : "other";
  }
}

/**
 * Whether somebody else than a human wrote a prompt, whatever its words: a teammate, another session, a coordinator, a
 * plugin, a scheduler. Claude Code 2.1.330 names them in `origin.kind`, where a human is `human` or not named.
 */
function isFromMachine(record: JsonRecord): boolean {
  const origin = own(record, "origin");
  const kind = isRecord(origin) ? text(own(origin, "kind")) : null;
  if (kind !== null) return kind !== "human";
  return own(record, "promptSource") === "system" || SCHEDULED.some((field) => own(record, field) != null);
}

const SCHEDULED = ["scheduledTaskId", "scheduledFireId", "wakeupSource"] as const;

/** A command behind `/` or `!`. */
function isCommand(content: unknown): boolean {
  const said = firstText(content);
  return said.includes("<command-name>") || bashInput(said) !== null;
}

function firstText(content: unknown): string {
  const first: unknown = Array.isArray(content) ? content[0] : content;
  const said = isRecord(first) ? own(first, "text") : first;
  return typeof said === "string" ? said.slice(0, 5000) : "";
}
