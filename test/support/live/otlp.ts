import {
  asObject,
  isObject,
  type JsonObject,
  type LegacyObservation,
  type LegacyTrace,
  textOf,
} from "../langfuse/store.ts";
import { metadataOf } from "./traces.ts";

const ofSdk = "langfuse-sdk";

/** The body of `POST /api/public/otel/v1/traces` that makes Langfuse store the trace: OTLP/HTTP in JSON. */
export function toOtlp(trace: LegacyTrace): JsonObject {
  const groups = new Map<
    string,
    { readonly resource: JsonObject; readonly scope: JsonObject; readonly spans: JsonObject[] }
  >();
  for (const row of trace.observations) {
    const { resourceAttributes, scope } = metadataOf(row);
    const key = JSON.stringify([resourceAttributes, scope]);
    const group = groups.get(key) ?? { resource: asObject(resourceAttributes), scope: asObject(scope), spans: [] };
    group.spans.push(toSpan(row, trace));
    groups.set(key, group);
  }
  return {
    resourceSpans: [...groups.values()].map(({ resource, scope, spans }) => ({
      resource: { attributes: toAttributes(resource) },
      scopeSpans: [{ scope: { name: scope.name ?? "", version: scope.version ?? "" }, spans }],
    })),
  };
}

function toSpan(row: LegacyObservation, trace: LegacyTrace): JsonObject {
  const { scope, attributes } = metadataOf(row);
  const isOfSdk = asObject(scope).name === ofSdk;
  return {
    traceId: trace.id,
    spanId: row.id,
    ...(row.parentObservationId === null ? {} : { parentSpanId: row.parentObservationId }),
    name: textOf(row.name) ?? "",
    kind: 1,
    startTimeUnixNano: toNanos(row.startTime),
    endTimeUnixNano: toNanos(textOf(row.endTime) ?? row.startTime),
    attributes: toAttributes(isOfSdk ? sdkAttributes(row, trace) : foreignAttributes(row, asObject(attributes))),
    status: row.level === "ERROR" && !isOfSdk ? { code: 2, message: row.statusMessage ?? "" } : {},
  };
}

/** What Langfuse's own SDKs write. */
function sdkAttributes(row: LegacyObservation, trace: LegacyTrace): JsonObject {
  const metadata = Object.entries(metadataOf(row)).filter(([key]) => !["resourceAttributes", "scope"].includes(key));
  return {
    "langfuse.observation.type": row.type.toLowerCase(),
    "langfuse.observation.level": row.level,
    "langfuse.observation.status_message": row.statusMessage,
    "langfuse.observation.input": row.input,
    "langfuse.observation.output": row.output,
    "langfuse.observation.model.name": row.model,
    "langfuse.observation.usage_details": row.type === "GENERATION" ? row.usageDetails : null,
    ...Object.fromEntries(metadata.map(([key, value]) => [`langfuse.observation.metadata.${key}`, value])),
    "langfuse.trace.name": trace.name,
    "langfuse.trace.tags": trace.tags,
    "session.id": trace.sessionId,
  };
}

/** What others write: their attributes, and OpenInference's input and output, which Langfuse takes out of them. */
function foreignAttributes(row: LegacyObservation, attributes: JsonObject): JsonObject {
  const isOpenInference = attributes["openinference.span.kind"] !== undefined;
  return { ...attributes, ...(isOpenInference ? { "input.value": row.input, "output.value": row.output } : {}) };
}

/** OTLP's list of attributes; what is no text, number or list of texts goes as JSON text, as exporters send it. */
function toAttributes(values: JsonObject): readonly JsonObject[] {
  return Object.entries(values).flatMap(([key, value]) =>
    value === null || value === undefined ? [] : [{ key, value: toValue(value) }],
  );
}

function toValue(value: unknown): JsonObject {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  if (typeof value === "number") return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  if (Array.isArray(value) && value.every((one) => typeof one === "string" && !isObject(one)))
    return { arrayValue: { values: value.map(toValue) } };
  return { stringValue: JSON.stringify(value) };
}

const toNanos = (iso: string): string => `${Date.parse(iso)}000000`;
