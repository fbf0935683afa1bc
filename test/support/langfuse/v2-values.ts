import { asObject, isObject, type JsonObject } from "./store.ts";

const openTelemetryKeys: ReadonlySet<string> = new Set(["attributes", "resourceAttributes", "scope"]);

/**
 * Metadata of the legacy routes as `v2/observations` has it: what OpenTelemetry sent under flat dotted keys,
 * other keys nested as they are, text that is JSON parsed.
 */
export function toFlatMetadata(metadata: JsonObject): JsonObject {
  const flat: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(metadata)) {
    if (openTelemetryKeys.has(key)) flatten(key, value, flat);
    else flat[key] = parseText(value);
  }
  return flat;
}

function flatten(key: string, value: unknown, into: Record<string, unknown>): void {
  if (!isObject(value)) {
    into[key] = parseText(value);
    return;
  }
  for (const [name, inner] of Object.entries(value)) flatten(`${key}.${name}`, inner, into);
}

const looksLikeJson = /^\s*(?:[-\d[{"]|true\s*$|false\s*$|null\s*$)/;

function parseText(value: unknown): unknown {
  if (typeof value !== "string" || !looksLikeJson.test(value)) return value;
  try {
    const parsed: unknown = JSON.parse(value);
    // a number that JavaScript cannot hold stays text
    const isExact = typeof parsed !== "number" || String(parsed) === value.trim();
    return isExact ? parsed : value;
  } catch {
    return value;
  }
}

/** Input or output as the text that the exporter wrote, or null. */
export function toIoText(value: unknown, metadata: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "string") return value;
  const resource = asObject(asObject(metadata).resourceAttributes);
  return resource["telemetry.sdk.language"] === "python" ? toPythonText(value) : JSON.stringify(value);
}

/** As Python's `json.dumps` writes: a space after comma and colon, ASCII only. */
function toPythonText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toPythonText).join(", ")}]`;
  if (isObject(value)) {
    const parts = Object.entries(value).map(([key, inner]) => `${toPythonText(key)}: ${toPythonText(inner)}`);
    return `{${parts.join(", ")}}`;
  }
  return JSON.stringify(value).replaceAll(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

const metadataLimit = 200;

/** Cuts each metadata value to 200 characters of its text, as when neither `io` nor `expandMetadata` is asked for. */
export function cutMetadata(metadata: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, cutValue(value)]));
}

function cutValue(value: unknown): unknown {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  if (text.length <= metadataLimit) return value;
  const characters = Array.from(text);
  return characters.length <= metadataLimit ? value : characters.slice(0, metadataLimit).join("");
}
