import type { Generation } from "./answers.ts";
import {
  asObject,
  hashText,
  isObject,
  type JsonObject,
  type LegacyObservation,
  type LegacyTrace,
  sortBy,
} from "./store.ts";

/** A trace as the legacy routes of a generation give it; all keys present. */
export interface ServedTrace extends LegacyTrace {
  readonly observations: readonly ServedObservation[];
}

export interface ServedObservation extends LegacyObservation {
  readonly traceId: unknown;
}

const hourMs = 3_600_000;

/** Gives a trace all keys and the form that `generation` answers with, observations in that server's order. */
export function toServedTrace(trace: LegacyTrace, generation: Generation, projectId: string): ServedTrace {
  const complete = {
    ...traceDefaults(trace),
    ...trace,
    projectId,
    htmlPath: `/project/${projectId}/traces/${encodeURIComponent(trace.id)}`,
    observations: trace.observations.map((one) => ({
      ...observationDefaults(one, trace),
      ...one,
      traceId: trace.id,
      projectId,
    })),
  };
  if (generation === "v2.95") return toOldTrace(complete);
  const from = Date.parse(trace.timestamp) - hourMs;
  return {
    ...complete,
    observations: sortBy(
      complete.observations.filter((one) => !(Date.parse(one.startTime) < from)),
      (one) => [hashText(one.id), one.id],
      { falling: false },
    ),
  };
}

function traceDefaults(trace: LegacyTrace): JsonObject {
  return {
    name: null,
    environment: "default",
    tags: [],
    bookmarked: false,
    release: null,
    version: null,
    userId: null,
    sessionId: null,
    public: false,
    input: null,
    output: null,
    metadata: {},
    createdAt: trace.timestamp,
    updatedAt: trace.timestamp,
    externalId: null,
    scores: [],
    latency: 0,
    totalCost: 0,
  };
}

function observationDefaults(one: LegacyObservation, trace: LegacyTrace): JsonObject {
  const endTime = typeof one.endTime === "string" ? one.endTime : null;
  return {
    endTime,
    parentObservationId: null,
    environment: trace.environment ?? "default",
    name: null,
    level: "DEFAULT",
    statusMessage: null,
    version: null,
    createdAt: one.startTime,
    updatedAt: endTime ?? one.startTime,
    input: null,
    output: null,
    metadata: {},
    model: null,
    modelParameters: {},
    completionStartTime: null,
    promptId: null,
    promptName: null,
    promptVersion: null,
    latency: endTime === null ? null : (Date.parse(endTime) - Date.parse(one.startTime)) / 1000,
    timeToFirstToken: null,
    usageDetails: {},
    costDetails: {},
    usagePricingTierId: null,
    usagePricingTierName: null,
    inputPrice: 0,
    outputPrice: 0,
    totalPrice: 0,
    calculatedInputCost: null,
    calculatedOutputCost: null,
    calculatedTotalCost: 0,
    unit: "TOKENS",
    promptTokens: 0,
    completionTokens: 0,
    totalTokens: 0,
    modelId: null,
    usage: { unit: "TOKENS", input: 0, output: 0, total: 0 },
  };
}

/** 2.x: three types, no OpenTelemetry, no environment, no usage or cost details, rising by start. */
function toOldTrace(trace: ServedTrace): ServedTrace {
  const { environment: _, ...rest } = trace;
  return {
    ...rest,
    id: trace.id,
    timestamp: trace.timestamp,
    metadata: toOldMetadata(trace.metadata),
    input: toJsonb(trace.input),
    output: toJsonb(trace.output),
    latency: Math.fround(Number(trace.latency)),
    observations: sortBy(trace.observations.map(toOldObservation), (one) => [Date.parse(one.startTime), one.id], {
      falling: false,
    }),
  };
}

const oldTypes: ReadonlySet<string> = new Set(["SPAN", "GENERATION", "EVENT"]);

function toOldObservation(one: ServedObservation): ServedObservation {
  const {
    environment: _environment,
    usageDetails: _usage,
    costDetails: _cost,
    usagePricingTierId: _tierId,
    usagePricingTierName: _tierName,
    ...rest
  } = one;
  return {
    ...rest,
    id: one.id,
    startTime: one.startTime,
    traceId: one.traceId,
    type: oldTypes.has(one.type) ? one.type : "SPAN",
    metadata: toOldMetadata(one.metadata),
    modelParameters: Object.keys(asObject(one.modelParameters)).length === 0 ? null : one.modelParameters,
    input: toJsonb(one.input),
    output: toJsonb(one.output),
    unit: null,
    usage: { ...asObject(one.usage), unit: null },
    modelId: null,
    inputPrice: null,
    outputPrice: null,
    totalPrice: null,
    calculatedInputCost: null,
    calculatedOutputCost: null,
    calculatedTotalCost: null,
  };
}

function toOldMetadata(metadata: unknown): unknown {
  if (!isObject(metadata)) return metadata;
  const { scope: _scope, resourceAttributes: _resource, ...own } = metadata;
  return Object.keys(own).length === 0 ? null : toJsonb(own);
}

/** Postgres keeps the keys of a JSON object by length, then by bytes. */
function toJsonb(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toJsonb);
  if (!isObject(value)) return value;
  const keys = sortBy(Object.keys(value), (key) => [Buffer.byteLength(key), key], {
    falling: false,
  });
  return Object.fromEntries(keys.map((key) => [key, toJsonb(value[key])]));
}
