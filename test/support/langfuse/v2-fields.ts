import { parseNames } from "./query.ts";
import { isObject, type JsonObject } from "./store.ts";
import type { V2Row } from "./v2-rows.ts";
import { cutMetadata } from "./v2-values.ts";

/** Row keys in the order of a real answer; groups of "always" are there whatever is asked for. */
const keyGroups = {
  always: ["id", "traceId", "startTime", "endTime", "projectId", "parentObservationId", "type"],
  basic: ["name", "level", "statusMessage", "version", "environment"],
  time: ["completionStartTime", "createdAt", "updatedAt"],
  io: ["input", "output"],
  metadata: ["metadata"],
  model: ["model", "internalModelId", "modelParameters"],
  usage: [
    "usageDetails",
    "inputUsage",
    "outputUsage",
    "totalUsage",
    "costDetails",
    "inputCost",
    "outputCost",
    "totalCost",
  ],
  prompt: ["promptId", "promptName", "promptVersion"],
  pricing: ["usagePricingTierId", "usagePricingTierName"],
  metrics: ["latency", "timeToFirstToken"],
  user: ["userId", "sessionId", "isRootObservation"],
  trace_context: ["traceName", "release", "tags"],
  flags: ["bookmarked", "public"],
  price: ["modelId", "inputPrice", "outputPrice", "totalPrice"],
} as const;

/** Groups that cannot be asked for by name, with the one that brings them. */
const broughtBy: JsonObject = { pricing: "usage", user: "basic", flags: "basic" };
const alwaysThere: ReadonlySet<string> = new Set(["always", "metrics", "price"]);

/** What the `fields` and `expandMetadata` parameters leave of a row. */
export function createProjection(query: URLSearchParams): (row: V2Row) => JsonObject {
  const asked = new Set<unknown>(parseNames(query, "fields") ?? ["core", "basic"]);
  const keys = Object.entries(keyGroups).flatMap(([group, names]) =>
    alwaysThere.has(group) || asked.has(broughtBy[group] ?? group) ? names : [],
  );
  const isCut = !asked.has("io") && parseNames(query, "expandMetadata") === undefined;
  // there, but null, as long as their group is not asked for
  const blank: ReadonlySet<string> = new Set([
    ...(asked.has("model") ? [] : keyGroups.price),
    ...(asked.has("metrics") ? [] : ["timeToFirstToken"]),
  ]);
  const valueOf = (row: V2Row, key: string): unknown => {
    if (blank.has(key)) return null;
    const value = row[key];
    return key === "metadata" && isCut && isObject(value) ? cutMetadata(value) : value;
  };
  return (row) => Object.fromEntries(keys.map((key) => [key, valueOf(row, key)]));
}
