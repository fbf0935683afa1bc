import { createHash } from "node:crypto";
import { type JsonObject, type LegacyObservation, type LegacyTrace, textOf } from "../langfuse/store.ts";

const projectId = "clkpwwm0m000gmm094odg11gi";

/** What a constructed row says; the rest gets a server's defaults. Times are milliseconds since 1970. */
export interface RowParts {
  readonly name: string;
  readonly type: string;
  readonly start: number;
  readonly end: number | null;
  readonly parent?: string | null;
  readonly input?: unknown;
  readonly output?: unknown;
  readonly metadata?: JsonObject;
  readonly model?: string;
  readonly usage?: JsonObject;
  readonly level?: "ERROR" | "WARNING";
  readonly statusMessage?: string;
  readonly id?: string;
}

export interface TraceParts {
  readonly name: string;
  readonly start: number;
  readonly sessionId?: string | null;
  readonly userId?: string | null;
  readonly tags?: readonly string[];
  readonly input?: unknown;
  readonly output?: unknown;
  readonly metadata?: JsonObject;
}

export interface TraceBuilder {
  readonly id: string;
  /** Adds a row and returns its id, for its children. */
  readonly row: (parts: RowParts) => string;
  readonly finish: (parts: TraceParts) => LegacyTrace;
}

/** Starts a trace whose ids follow from `seed`, so that the same script writes the same bytes. */
export function buildTrace(seed: string, traceId = digest(seed, 32)): TraceBuilder {
  const rows: LegacyObservation[] = [];
  return {
    id: traceId,
    row: (parts) => {
      const id = parts.id ?? digest(`${seed} row ${rows.length}`, 16);
      rows.push(toRow(parts, id, traceId));
      return id;
    },
    finish: (parts) => toTrace(parts, traceId, rows),
  };
}

function toRow(parts: RowParts, id: string, traceId: string): LegacyObservation {
  const { start, end } = parts;
  const written = toIso(end ?? start);
  return {
    id,
    traceId,
    startTime: toIso(start),
    endTime: end === null ? null : toIso(end),
    projectId,
    parentObservationId: parts.parent ?? null,
    type: parts.type,
    environment: "default",
    name: parts.name,
    level: parts.level ?? "DEFAULT",
    statusMessage: parts.statusMessage ?? null,
    version: null,
    createdAt: written,
    updatedAt: written,
    input: parts.input ?? null,
    output: parts.output ?? null,
    metadata: parts.metadata ?? {},
    model: parts.model ?? null,
    modelParameters: {},
    usageDetails: parts.usage ?? {},
    costDetails: {},
    latency: end === null ? null : (end - start) / 1000,
  };
}

function toTrace(parts: TraceParts, id: string, rows: readonly LegacyObservation[]): LegacyTrace {
  const times = rows.flatMap((row) => [row.startTime, textOf(row.endTime) ?? row.startTime]).map(Date.parse);
  return {
    id,
    projectId,
    name: parts.name,
    timestamp: toIso(parts.start),
    environment: "default",
    tags: parts.tags ?? [],
    bookmarked: false,
    release: null,
    version: null,
    userId: parts.userId ?? null,
    sessionId: parts.sessionId ?? null,
    public: false,
    input: parts.input ?? null,
    output: parts.output ?? null,
    metadata: parts.metadata ?? {},
    createdAt: toIso(parts.start),
    updatedAt: toIso(Math.max(parts.start, ...times)),
    externalId: null,
    scores: [],
    latency: times.length === 0 ? 0 : (Math.max(...times) - Math.min(...times)) / 1000,
    htmlPath: `/project/${projectId}/traces/${id}`,
    totalCost: 0,
    observations: rows,
  };
}

const toIso = (millis: number): string => new Date(millis).toISOString();

/** The first `length` hex digits of the text's SHA-256. */
export const digest = (text: string, length: number): string =>
  createHash("sha256").update(text).digest("hex").slice(0, length);

const sdk = (language: string, version: string): JsonObject => ({
  resourceAttributes: {
    "telemetry.sdk.language": language,
    "telemetry.sdk.name": "opentelemetry",
    "service.name": "unknown_service",
  },
  scope: { name: "langfuse-sdk", version },
});

/** Metadata that Langfuse's SDKs leave on each span that they send over OpenTelemetry. */
export const pythonSdk = sdk("python", "4.14.3");
export const nodeSdk = sdk("nodejs", "5.11.1");

/** Metadata of a span that another OpenTelemetry sender wrote: every attribute as text. */
export function foreignSpan(scope: string, attributes: JsonObject): JsonObject {
  const texts = Object.entries(attributes).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return {
    attributes: Object.fromEntries(texts),
    resourceAttributes: { "service.name": scope },
    scope: { name: scope, version: "1.0.0" },
  };
}
