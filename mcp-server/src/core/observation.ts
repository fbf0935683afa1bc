import { isRecord, own, text, type JsonRecord } from "./json.ts";
import { toMetadata, type Metadata } from "./metadata.ts";
import { toMillis } from "./time.ts";

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
  readonly model: string | null;
  readonly sessionId: string | null;
  readonly traceName: string | null;
  readonly tags: readonly string[];
  readonly isRoot: boolean;
};

/** The observation in a row of an answer, or null when the row has no id to know it by. */
export function toObservation(row: unknown): Observation | null {
  if (!isRecord(row)) return null;
  const id = text(own(row, "id"));
  if (id === null) return null;
  const startTime = own(row, "startTime");
  const endTime = own(row, "endTime");
  const start = toMillis(startTime);
  const end = toMillis(endTime);
  return {
    id,
    traceId: text(own(row, "traceId")),
    parentId: text(own(row, "parentObservationId")),
    type: (text(own(row, "type")) ?? "SPAN").toUpperCase(),
    name: text(own(row, "name")) ?? "",
    start,
    end,
    hasUnreadableTime: (start === null && text(startTime) !== null) || (end === null && text(endTime) !== null),
    level: (text(own(row, "level")) ?? "DEFAULT").toUpperCase(),
    statusMessage: text(own(row, "statusMessage")) ?? "",
    input: own(row, "input"),
    output: own(row, "output"),
    metadata: toMetadata(own(row, "metadata")),
    model: text(own(row, "model")) ?? text(own(row, "providedModelName")),
    sessionId: text(own(row, "sessionId")),
    traceName: text(own(row, "traceName")),
    tags: toTags(row),
    isRoot: own(row, "isRootObservation") === true,
  };
}

function toTags(row: JsonRecord): readonly string[] {
  const tags = own(row, "tags");
  return Array.isArray(tags) ? tags.filter((tag) => typeof tag === "string") : [];
}
