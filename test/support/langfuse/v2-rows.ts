import { toFlatMetadata, toIoText } from "./v2-values.ts";
import { asObject, type JsonObject, type LegacyObservation, type LegacyTrace, textOf } from "./store.ts";

/** One row of `v2/observations` with every field group, before anything is left out or cut. */
export interface V2Row {
  readonly id: string;
  readonly traceId: string;
  /** ISO 8601 with milliseconds, in UTC */
  readonly startTime: string;
  readonly [key: string]: unknown;
}

/** How the data of one trace reached the server. */
export interface RowQuirks {
  readonly projectId: string;
  /** dual mode, sender without a version: an added open root, nested metadata, the trace's values on every row */
  readonly hasSyntheticRoot: boolean;
  /** an older SDK: only a row without a parent is a root */
  readonly hasNoRootMark: boolean;
}

/** All rows of a trace, in no particular order. */
export function toV2Rows(trace: LegacyTrace, quirks: RowQuirks): V2Row[] {
  const ids = new Set(trace.observations.map((one) => one.id));
  const rows = trace.observations.map((one) => toRow(one, trace, quirks, ids));
  return quirks.hasSyntheticRoot ? [...rows, toSyntheticRoot(trace, quirks)] : rows;
}

const syntheticId = (trace: LegacyTrace): string => `t-${trace.id}`;

function toRow(one: LegacyObservation, trace: LegacyTrace, quirks: RowQuirks, ids: ReadonlySet<string>): V2Row {
  const parent = textOf(one.parentObservationId);
  const start = toIso(one.startTime) ?? one.startTime;
  const end = toIso(one.endTime);
  return {
    ...emptyRow,
    id: one.id,
    traceId: trace.id,
    startTime: start,
    endTime: end,
    projectId: quirks.projectId,
    parentObservationId: parent ?? (quirks.hasSyntheticRoot ? syntheticId(trace) : null),
    type: one.type,
    name: one.name ?? "",
    level: one.level ?? "DEFAULT",
    statusMessage: one.statusMessage ?? "",
    environment: one.environment ?? trace.environment ?? "default",
    completionStartTime: one.completionStartTime ?? null,
    createdAt: one.createdAt ?? start,
    updatedAt: one.updatedAt ?? end ?? start,
    input: toIoText(one.input, one.metadata),
    output: toIoText(one.output, one.metadata),
    ...toModelAndUsage(one),
    promptId: one.promptId ?? "",
    promptName: one.promptName ?? "",
    promptVersion: one.promptVersion ?? null,
    // rows without length have no latency here, where the legacy routes say 0
    latency: end === null ? null : (Date.parse(end) - Date.parse(start)) / 1000 || null,
    timeToFirstToken: one.timeToFirstToken ?? null,
    ...toTraceContext(one, trace, quirks),
    isRootObservation:
      !quirks.hasSyntheticRoot && (parent === null || (!quirks.hasNoRootMark && isMarked(one, parent, ids))),
  };
}

function toModelAndUsage(one: LegacyObservation): JsonObject {
  const hasModel = typeof one.modelId === "string";
  return {
    model: one.model ?? "",
    internalModelId: one.modelId ?? "",
    modelParameters: one.modelParameters ?? {},
    usageDetails: one.usageDetails ?? {},
    inputUsage: one.promptTokens ?? 0,
    outputUsage: one.completionTokens ?? 0,
    totalUsage: one.totalTokens ?? 0,
    costDetails: one.costDetails ?? {},
    inputCost: one.calculatedInputCost ?? null,
    outputCost: one.calculatedOutputCost ?? null,
    totalCost: one.calculatedTotalCost ?? 0,
    usagePricingTierId: one.usagePricingTierId ?? null,
    usagePricingTierName: one.usagePricingTierName ?? null,
    modelId: one.modelId ?? null,
    inputPrice: hasModel ? toPrice(one.inputPrice) : null,
    outputPrice: hasModel ? toPrice(one.outputPrice) : null,
    totalPrice: hasModel ? toPrice(one.totalPrice) : null,
  };
}

/** What the row says about its trace, and its metadata: both depend on the exporter. */
function toTraceContext(one: LegacyObservation, trace: LegacyTrace, quirks: RowQuirks): JsonObject {
  const metadata = asObject(one.metadata);
  const scope = textOf(asObject(metadata.scope).name);
  if (quirks.hasSyntheticRoot) {
    return {
      ...traceValues(trace),
      version: one.version ?? trace.version ?? "",
      metadata: { ...asObject(trace.metadata), ...metadata },
    };
  }
  const own = { version: one.version ?? "", metadata: toFlatMetadata(metadata) };
  const isTop = textOf(one.parentObservationId) === null;
  // Langfuse's SDKs propagate the trace's values; other OpenTelemetry senders repeat only some of them
  if (scope === null || scope === sdkScope || isTop) return { ...traceValues(trace), ...own };
  const attributes = asObject(metadata.attributes);
  return {
    userId: attributes["user.id"] ?? "",
    sessionId: attributes["session.id"] ?? "",
    traceName: null,
    release: trace.release ?? "",
    tags: [],
    ...own,
  };
}

const sdkScope = "langfuse-sdk";

const traceValues = (trace: LegacyTrace): JsonObject => ({
  userId: trace.userId ?? "",
  sessionId: trace.sessionId ?? "",
  traceName: trace.name ?? "",
  release: trace.release ?? "",
  tags: trace.tags ?? [],
});

function isMarked(one: LegacyObservation, parent: string, ids: ReadonlySet<string>): boolean {
  const metadata = asObject(one.metadata);
  const mark = asObject(metadata.attributes)["langfuse.internal.is_app_root"];
  if (mark === true || mark === "true") return true;
  // the SDK's span processor marks what has no parent in its own process
  return asObject(metadata.scope).name === sdkScope && !ids.has(parent);
}

function toSyntheticRoot(trace: LegacyTrace, quirks: RowQuirks): V2Row {
  const start = toIso(trace.timestamp) ?? trace.timestamp;
  return {
    ...emptyRow,
    id: syntheticId(trace),
    traceId: trace.id,
    startTime: start,
    projectId: quirks.projectId,
    type: "SPAN",
    name: trace.name ?? "",
    version: trace.version ?? "",
    environment: trace.environment ?? "default",
    createdAt: trace.createdAt ?? start,
    updatedAt: trace.updatedAt ?? start,
    input: toIoText(trace.input, trace.metadata),
    output: toIoText(trace.output, trace.metadata),
    metadata: asObject(trace.metadata),
    ...toModelAndUsage({ id: "", type: "SPAN", startTime: start }),
    ...traceValues(trace),
    isRootObservation: true,
  };
}

const emptyRow = {
  endTime: null,
  parentObservationId: null,
  level: "DEFAULT",
  statusMessage: "",
  completionStartTime: null,
  promptId: "",
  promptName: "",
  promptVersion: null,
  latency: null,
  timeToFirstToken: null,
  bookmarked: false,
  public: false,
} as const;

function toIso(value: unknown): string | null {
  if (typeof value !== "string") return null;
  const time = new Date(value);
  return Number.isNaN(time.getTime()) ? value : time.toISOString();
}

function toPrice(value: unknown): string | null {
  if (typeof value !== "number" || value === 0) return null;
  return value.toFixed(12).replace(/\.?0+$/, "");
}
