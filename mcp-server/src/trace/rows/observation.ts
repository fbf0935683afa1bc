import { isRecord, text } from "../values/json.ts";
import { toMetadata, type Metadata } from "./metadata.ts";
import { toMillis } from "../values/time.ts";

/**
 * One row of Langfuse in either spelling (`/traces/{id}` and `/observations`, or `/v2/observations`).
 * Times are milliseconds since 1970, null when absent or unreadable. `input` and `output` are as they arrived.
 */
export type Observation = {
  readonly id: string;
  readonly traceId: string | null;
  readonly parentId: string | null;
  readonly type: string;
  readonly name: string;
  readonly start: number | null;
  readonly end: number | null;
  readonly hasUnreadableTime: boolean;
  readonly level: string;
  readonly statusMessage: string;
  readonly input: unknown;
  readonly output: unknown;
  readonly metadata: Metadata;
  readonly usage: unknown;
  readonly model: string | null;
  readonly sessionId: string | null;
  readonly userId: string | null;
  readonly traceName: string | null;
  readonly tags: readonly string[];
};

/** The observation in a row of an answer, or null when the row has no id to know it by. */
export function toObservation(row: unknown): Observation | null {
  if (!isRecord(row)) return null;
  // Taken apart in one place, so that each field has a look-up of its own that the engine can make fast.
  const { id, traceId, parentObservationId, type, name, startTime, endTime, level, statusMessage } = row;
  const { input, output, metadata, usageDetails, model, providedModelName, sessionId, userId, traceName, tags } = row;
  if (typeof id !== "string" || id === "") return null;
  const start = toMillis(startTime);
  const end = toMillis(endTime);
  return {
    id,
    traceId: text(traceId),
    parentId: sameParent(text(parentObservationId)),
    type: (text(type) ?? "SPAN").toUpperCase(),
    name: text(name) ?? "",
    start,
    end,
    hasUnreadableTime: (start === null && text(startTime) !== null) || (end === null && text(endTime) !== null),
    level: (text(level) ?? "DEFAULT").toUpperCase(),
    statusMessage: text(statusMessage) ?? "",
    input,
    output,
    metadata: toMetadata(metadata),
    usage: usageDetails,
    model: sameModel(text(model) ?? text(providedModelName)),
    sessionId: text(sessionId),
    userId: text(userId),
    traceName: text(traceName),
    tags: Array.isArray(tags) && tags.length > 0 ? tags.filter((tag) => typeof tag === "string") : NO_TAGS,
  };
}

const NO_TAGS: readonly string[] = [];

const sameParent = keepLatest();
const sameModel = keepLatest();

/** Gives the latest text again for one that equals it: rows repeat what is kept of them, a tenth of it in these two. */
function keepLatest(): (value: string | null) => string | null {
  let latest: string | null = null;
  return (value) => {
    if (value !== latest) latest = value;
    return latest;
  };
}
