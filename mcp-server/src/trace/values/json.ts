export type JsonRecord = { readonly [key: string]: unknown };

/** A plain object, so not null and not an array. */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * The value of a fixed key. No key that is asked for is inherited by objects, so a plain look-up is as safe as
 * `Object.hasOwn` and several times faster, and this is what reading a trace spends most of its time on.
 */
export function own(record: JsonRecord, key: string): unknown {
  return record[key];
}

/** A non-empty string, or null. The API writes "" where it has nothing. */
export function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

/**
 * Input, output and metadata arrive as JSON values (`/traces`) or as the text an exporter wrote (`/v2/observations`).
 * Both become the same value here; text that is no JSON stays text. Scalars stay text in both spellings, so that the
 * number 123 of one API and the text "123" of the other are equal.
 */
export function toValue(raw: unknown): unknown {
  let value = raw;
  for (let depth = 0; depth < 2 && typeof value === "string"; depth += 1) {
    const parsed = parseStructure(value);
    if (parsed === undefined) return value;
    value = parsed;
  }
  return typeof value === "number" || typeof value === "boolean" ? String(value) : value;
}

/** The object, array or string that a text spells in JSON, or undefined. */
function parseStructure(value: string): unknown {
  const first = value.charCodeAt(firstNonSpace(value));
  // `{`, `[` and `"` only: see the note on scalars above.
  if (first !== 0x7b && first !== 0x5b && first !== 0x22) return undefined;
  try {
    const parsed: unknown = JSON.parse(value);
    return parsed;
  } catch {
    return undefined;
  }
}

function firstNonSpace(value: string): number {
  let at = 0;
  while (at < value.length && value.charCodeAt(at) <= 0x20) at += 1;
  return at;
}

/** The object that a text spells in JSON, or null when it spells none. */
export function parseRecord(json: string): JsonRecord | null {
  try {
    const value: unknown = JSON.parse(json);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

/** A boolean or number as text, because exporters and servers disagree on which of them a flag is. */
export function scalarText(value: unknown): string | null {
  if (typeof value === "string") return value === "" ? null : value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : null;
}

/** A finite number, also when it was written as text. */
export function toNumber(value: unknown): number | null {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value !== "string" || value.trim() === "") return null;
  const parsed = Number(value);
  return Number.isFinite(parsed) ? parsed : null;
}
