import type { Generation } from "./event.ts";
import { isRecord, own, scalarText, toNumber, toValue } from "../values/json.ts";
import { asksBack, hasPlanSection, isApiErrorText, isStandIn, toAnswer } from "./model-answers.ts";
import { read, readText, type Metadata } from "./metadata.ts";
import type { Observation } from "./observation.ts";
import { isFailedTurn } from "../call/row-names.ts";
import { toName } from "../values/names.ts";

/** What Claude Code names as the model of messages that it wrote itself. */
const SYNTHETIC = "<synthetic>";
const ORDINAL = /(?:^|\D)(\d{1,9})(?:\/\d+)?\]?$/u;

/** Langfuse's own usage, else what native telemetry writes into attributes only. */
function toInputTokens({ usage, metadata }: Observation): number | null {
  let total: number | null = null;
  if (isRecord(usage)) for (const key of USAGE) total = add(total, own(usage, key));
  if (total === null) for (const key of ATTRIBUTE_USAGE) total = add(total, read(metadata, key));
  return total;
}

function add(total: number | null, raw: unknown): number | null {
  const value = toNumber(raw);
  return value === null ? total : (total ?? 0) + Math.max(0, value);
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

/** What a request to the model and its answer say. */
export function toGeneration(observation: Observation): Generation {
  const { id, name, output, metadata, level, model } = observation;
  const answer = toAnswer(output);
  const hasText = answer.text === null ? null : answer.text.trim() !== "";
  const toolCount = toNumber(read(metadata, "tool_count"));
  // A model's name ends in digits too ("claude-opus-4-5"), so only a name with a space counts.
  const ordinal = name.includes(" ") ? ORDINAL.exec(name)?.[1] : undefined;
  return {
    id,
    actor: "main",
    batch: 0,
    ordinal: ordinal === undefined ? null : Number(ordinal),
    stopReason: readText(metadata, "stop_reason") ?? toFinishReason(metadata),
    // Some exporters give the number apart, even of calls that were answered before the text was written.
    toolCalls: answer.toolCalls === 0 && hasText === false ? toolCount : answer.toolCalls,
    hasText,
    asks: asksBack(answer.text),
    hasPlan: hasPlanSection(answer.text),
    isApiError:
      isApiErrorText(answer.text) ||
      (model === SYNTHETIC && !isStandIn(answer.text)) ||
      level === "ERROR" ||
      isFailedTurn(name) ||
      readText(metadata, "success") === "false",
    attempt: toAttempt(toNumber(read(metadata, "attempt"))),
    inputTokens: toInputTokens(observation),
    querySource: readText(metadata, "query_source_safe"),
    model: toModel(model),
  };
}

/** A model by its name, fit to be shown; null for what Claude Code wrote itself. */
export function toModel(written: string | null): string | null {
  return written === null || written === SYNTHETIC || written.trim() === "" ? null : toName(written, 80);
}

/** A request is sent a few times at most; anything else is no number of attempts. */
function toAttempt(written: number | null): number {
  return written !== null && Number.isInteger(written) && written >= 1 && written <= 100 ? written : 1;
}
