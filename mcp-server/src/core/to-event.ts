import type { Container, Generation, TimelineEvent } from "./event.ts";
import { isRecord, own, scalarText, toNumber, toValue } from "./json.ts";
import { hasPlanSection, isApiErrorText, toAnswer } from "./messages.ts";
import { read, readText, type Metadata } from "./metadata.ts";
import { shared } from "./names.ts";
import type { Observation } from "./observation.ts";
import { toPrompt, type Prompt } from "./prompt.ts";
import { toCall } from "./to-call.ts";
import { fromErrorClass } from "./tool-errors.ts";
import { hasToolPrefix } from "./tools.ts";

type Kind = TimelineEvent["kind"];

// Attribute `span.type` of Claude Code's own telemetry, and the span names that carry it.
const NATIVE: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ["interaction", "container"],
  ["llm_request", "generation"],
  ["tool", "tool"],
  ["tool.execution", "execution"],
  ["tool.blocked_on_user", "permission"],
  ["hook", "other"],
]);
const NATIVE_NAME = /^claude_code\.(.+)$/u;
const SUBAGENT =
  /^Subagent\b(?!.* LLM Call)|[^:] Subagent$|^subagent:|^ClaudeAgentSDK\.(?:Agent|Task)$|^Workflow agent:/u;

/** The Agent call itself, which holds what its subagent did (OpenInference for Python). */
const AGENT_SPAN = /^ClaudeAgentSDK\.(?:Agent|Task)$/u;

/** What an observation is, by the first rule that holds. Whether a container is a turn shows later. */
function toKind({ name, type, metadata }: Observation): Kind {
  const spanType = readText(metadata, "span.type") ?? NATIVE_NAME.exec(name)?.[1];
  const native = spanType === undefined ? undefined : NATIVE.get(spanType);
  if (native !== undefined) return native;
  if (type === "GENERATION" || type === "EMBEDDING") return "generation";
  if (type === "TOOL") return isBeforeCall(name, metadata) ? "other" : "tool";
  if (readText(metadata, "ls_agent_type") === "subagent") return "subagent";
  if (SUBAGENT.test(name)) return "subagent";
  // What pace-maker writes beside its tools for each text of the answer.
  if (name === "Assistant Response") return "other";
  if (hasToolPrefix(name) || readText(metadata, "tool_id") !== null || readText(metadata, "tool.call.id") !== null)
    return "tool";
  if (type === "AGENT" && agentTypeOf(metadata) !== null) return "subagent";
  if (type === "SPAN" || type === "AGENT" || type === "CHAIN") return "container";
  return type === "EVENT" ? "event" : "other";
}

/** A hook's row of a call that had not run yet; the row of what came of it follows. */
function isBeforeCall(name: string, metadata: Metadata): boolean {
  return name.startsWith("Hook Tool [") && readText(metadata, "event") === "PreToolUse";
}

function agentTypeOf(metadata: Metadata): string | null {
  return readText(metadata, "subagent_type") ?? readText(metadata, "agent_type") ?? readText(metadata, "subagent.type");
}

/** Reduces an observation to what the summary needs of it. Its input and output are not kept. */
export function toEvent(observation: Observation): TimelineEvent {
  const { metadata, name } = observation;
  const kind = toKind(observation);
  const named = kind === "tool" || AGENT_SPAN.test(name) ? toCall(observation) : null;
  const isContainer = kind === "container" || kind === "subagent";
  return {
    id: observation.id,
    parentId: observation.parentId,
    kind,
    type: observation.type,
    name: shared(name.slice(0, 200)),
    start: observation.start,
    end: observation.end,
    level: observation.level,
    isInterruption: kind !== "tool" && isInterruption(observation, isContainer),
    agentId: readText(metadata, "agent_id"),
    subagent: (kind === "subagent" ? subagentOf(observation) : null) ?? named?.subagent ?? null,
    call: named?.call ?? null,
    generation: kind === "generation" ? toGeneration(observation) : null,
    container: isContainer ? toContainer(observation) : null,
    error:
      kind === "execution" && (observation.level === "ERROR" || readText(metadata, "success") === "false")
        ? { kind: fromErrorClass(readText(metadata, "error_class"), observation.statusMessage), isInferred: false }
        : null,
    isRejected: kind === "permission" && readText(metadata, "decision") === "reject",
  };
}

function isInterruption({ statusMessage, metadata, output }: Observation, isContainer: boolean): boolean {
  if (statusMessage.startsWith("[Request interrupted by user") || statusMessage === "Abandoned") return true;
  if (readText(metadata, "error_class") === "AbortError") return true;
  return isContainer && (readText(metadata, "interrupted") === "true" || isInterruptText(output));
}

function isInterruptText(output: unknown): boolean {
  return toAnswer(output).text?.startsWith("[Request interrupted by user") ?? false;
}

/** A subagent's type; `Subagent: <description>` gives a description, which is no name. */
function subagentOf({ name, type, metadata }: Observation): string | null {
  const recorded = agentTypeOf(metadata);
  if (recorded !== null) return recorded;
  if (readText(metadata, "ls_agent_type") === "subagent") return name;
  if (name.startsWith("subagent:")) return name.slice("subagent:".length).trim() || null;
  const suffix = /^(.{1,150}) Subagent$/su.exec(name)?.[1];
  return suffix ?? (type === "AGENT" ? (/^Subagent: (.{1,150})$/su.exec(name)?.[1] ?? null) : null);
}

const ORDINAL = /(?:^|\D)(\d{1,9})(?:\/\d+)?\]?$/u;

/** Langfuse's own usage, else what native telemetry writes into attributes only. */
function toInputTokens({ usage, metadata }: Observation): number | null {
  const inUsage = isRecord(usage) ? sumOf(USAGE, (key) => own(usage, key)) : null;
  return inUsage ?? sumOf(ATTRIBUTE_USAGE, (key) => read(metadata, key));
}

function sumOf(keys: readonly string[], valueOf: (key: string) => unknown): number | null {
  let total: number | null = null;
  for (const key of keys) {
    const value = toNumber(valueOf(key));
    if (value !== null) total = (total ?? 0) + Math.max(0, value);
  }
  return total;
}

const ATTRIBUTE_USAGE = ["input_tokens", "cache_read_tokens", "cache_creation_tokens"] as const;

const USAGE = [
  "input",
  "cache_read_input_tokens",
  "cache_creation_input_tokens",
  "input_cache_read",
  "input_cache_creation",
] as const;

/** OpenTelemetry writes a list, one reason for each choice. */
function toFinishReason(metadata: Metadata): string | null {
  const reasons = toValue(read(metadata, "gen_ai.response.finish_reasons"));
  return scalarText(Array.isArray(reasons) ? reasons.at(-1) : reasons);
}

function toGeneration(observation: Observation): Generation {
  const { name, output, metadata, level, model } = observation;
  const answer = toAnswer(output);
  const hasText = answer.text === null ? null : answer.text.trim() !== "";
  const toolCount = toNumber(read(metadata, "tool_count"));
  const ordinal = ORDINAL.exec(name)?.[1];
  return {
    // A model's name ends in digits too ("claude-opus-4-5"), so only a name with a space counts.
    ordinal: ordinal === undefined || !name.includes(" ") ? null : Number(ordinal),
    stopReason: readText(metadata, "stop_reason") ?? toFinishReason(metadata),
    // Some exporters give the number apart, even of calls that were answered before the text was written.
    toolCalls: answer.toolCalls === 0 && hasText === false ? toolCount : answer.toolCalls,
    hasText,
    hasPlan: hasPlanSection(answer.text),
    isApiError:
      isApiErrorText(answer.text) ||
      model === "<synthetic>" ||
      level === "ERROR" ||
      readText(metadata, "success") === "false",
    attempt: toAttempt(toNumber(read(metadata, "attempt"))),
    inputTokens: toInputTokens(observation),
    querySource: readText(metadata, "query_source_safe"),
  };
}

/** The prompt that a row shows, whatever its kind: the goal may stand on the root or on the first generation. */
export function promptOf({ input, metadata }: Observation): Prompt {
  const recorded = readText(metadata, "user_prompt");
  return toPrompt(recorded ?? input);
}

function toContainer(observation: Observation): Container {
  const { name, output, metadata, level, statusMessage } = observation;
  const answer = toAnswer(output);
  return {
    prompt: promptOf(observation),
    hasFinalText: answer.text === null ? null : answer.text.trim() !== "",
    isApiError:
      isApiErrorText(answer.text) ||
      (level === "ERROR" && isApiErrorText(statusMessage)) ||
      /^Turn .{1,20} \(failed\)$/u.test(name),
    duration: toLength(toNumber(read(metadata, "interaction.duration_ms"))),
    cwd: readText(metadata, "cwd") ?? readText(metadata, "project_path"),
    finishReason: readText(metadata, "llm.finish_reason") ?? readText(metadata, "finish_reason"),
    isMarkedIncomplete: readText(metadata, "is_complete") === "false" || name.endsWith(" (incomplete)"),
  };
}

/** A request is sent a few times at most; anything else is no number of attempts. */
function toAttempt(written: number | null): number {
  return written !== null && Number.isInteger(written) && written >= 1 && written <= 100 ? written : 1;
}

/** A turn takes no time at least and a year at most; anything else is no length. */
function toLength(written: number | null): number | null {
  return written !== null && written >= 0 && written <= 31_536_000_000 ? Math.round(written) : null;
}
