import type { Container, TimelineEvent } from "./event.ts";
import { toNumber } from "../values/json.ts";
import { asksBack, isApiErrorText, toAnswer } from "./model-answers.ts";
import { read, readText, type Metadata } from "./metadata.ts";
import type { Observation } from "./observation.ts";
import { placesOf } from "./place.ts";
import { toPrompt, type Prompt } from "./prompt.ts";
import { toCall } from "./to-call.ts";
import { toGeneration, toModel } from "./to-generation.ts";
import { fromErrorClass } from "../call/error-kinds.ts";
import {
  agentInSpan,
  hasToolPrefix,
  isAgentSpan,
  isAnswerText,
  isFailedTurn,
  isHookRow,
  isIncompleteTurn,
  isSubagentSpan,
  isUsageRow,
  nativeType,
} from "../call/row-names.ts";

type Kind = TimelineEvent["kind"];

// Attribute `span.type` of Claude Code's own telemetry; the names of its rows carry it too.
const NATIVE: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ["interaction", "container"],
  ["llm_request", "generation"],
  ["tool", "tool"],
  ["tool.execution", "execution"],
  ["tool.blocked_on_user", "permission"],
  ["hook", "other"],
]);

/** What an observation is, by the first rule that holds. Whether a container is a turn shows later. */
function toKind({ name, type, metadata }: Observation): Kind {
  const spanType = readText(metadata, "span.type") ?? nativeType(name);
  const native = spanType === null ? undefined : NATIVE.get(spanType);
  if (native !== undefined) return native;
  if (isUsageRow(name)) return "event";
  if (type === "GENERATION" || type === "EMBEDDING") return "generation";
  if (type === "TOOL") return isNoCall(name, metadata) ? "other" : "tool";
  if (readText(metadata, "ls_agent_type") === "subagent") return "subagent";
  if (isSubagentSpan(name)) return "subagent";
  if (isAnswerText(name)) return "other";
  if (hasToolPrefix(name) || readText(metadata, "tool_id") !== null || readText(metadata, "tool.call.id") !== null)
    return "tool";
  if (type === "AGENT" && agentTypeOf(metadata) !== null) return "subagent";
  if (type === "SPAN" || type === "AGENT" || type === "CHAIN") return "container";
  return type === "EVENT" ? "event" : "other";
}

/** A hook's row of a call that had not run yet (the row of what came of it follows), or of one that it does not know. */
function isNoCall(name: string, metadata: Metadata): boolean {
  if (!isHookRow(name)) return false;
  return readText(metadata, "event") === "PreToolUse" || readText(metadata, "tool_name") === "unknown";
}

function agentTypeOf(metadata: Metadata): string | null {
  return readText(metadata, "subagent_type") ?? readText(metadata, "agent_type") ?? readText(metadata, "subagent.type");
}

/** Reduces an observation to what the summary needs of it. Its input and output are not kept. */
export function toEvent(observation: Observation): TimelineEvent {
  const { metadata, name } = observation;
  const kind = toKind(observation);
  const call = kind === "tool" || isAgentSpan(name) ? toCall(observation) : null;
  const isContainer = kind === "container" || kind === "subagent";
  return {
    id: observation.id,
    parentId: observation.parentId,
    parent: null,
    actor: "",
    kind,
    type: observation.type,
    name: name.slice(0, 200),
    start: observation.start,
    end: observation.end,
    level: observation.level,
    isInterruption: kind !== "tool" && isInterruption(observation, isContainer),
    agentId: readText(metadata, "agent_id"),
    subagent: (kind === "subagent" ? subagentOf(observation) : null) ?? call?.subagent ?? null,
    call,
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
  return agentInSpan(name, type === "AGENT");
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
    asks: asksBack(answer.text),
    isApiError:
      isApiErrorText(answer.text) || (level === "ERROR" && isApiErrorText(statusMessage)) || isFailedTurn(name),
    duration: toLength(toNumber(read(metadata, "interaction.duration_ms"))),
    cwd: readText(metadata, "cwd") ?? readText(metadata, "project_path"),
    places: placesOf(metadata),
    finishReason: readText(metadata, "llm.finish_reason") ?? readText(metadata, "finish_reason"),
    model: toModel(readText(metadata, "llm.model_name")),
    isMarkedIncomplete: readText(metadata, "is_complete") === "false" || isIncompleteTurn(name),
  };
}

/** A turn takes no time at least and a year at most; anything else is no length. */
function toLength(written: number | null): number | null {
  return written !== null && written >= 0 && written <= 31_536_000_000 ? Math.round(written) : null;
}
