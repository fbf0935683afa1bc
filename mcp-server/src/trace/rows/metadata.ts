import { isRecord, own, scalarText, toValue, type JsonRecord } from "../values/json.ts";

/**
 * Metadata of one observation. The same key arrives nested (`attributes: {tool_name}`), flat and dotted
 * (`attributes.tool_name`), prefixed by an exporter (`claude.`, `langsmith.metadata.`) or as JSON text.
 */
export type Metadata = {
  readonly top: JsonRecord;
  readonly attributes: JsonRecord;
  /** The prefixes that occur among its keys, so that a look-up tries no others. */
  readonly prefixes: readonly string[];
};

const EMPTY: JsonRecord = Object.freeze({});
const DOTTED = "attributes.";
/** In the order in which they are tried. */
const PREFIXES = [DOTTED, "attributes.claude.", "attributes.langsmith.metadata.", "claude.", "langsmith.metadata."];
/** Every set of them as a list, by its bits: metadata that share a list need none of their own. */
const PREFIX_LISTS: readonly (readonly string[])[] = Array.from({ length: 2 ** PREFIXES.length }, (_list, bits) =>
  PREFIXES.filter((_prefix, at) => (bits & (1 << at)) !== 0),
);
const PLAIN: readonly string[] = [];
const NATIVE_DOTTED: readonly string[] = [DOTTED];
const NONE: Metadata = { top: EMPTY, attributes: EMPTY, prefixes: PLAIN };

/** Metadata as the API returned it; anything but an object reads as empty. */
export function toMetadata(raw: unknown): Metadata {
  const value = toValue(raw);
  if (!isRecord(value)) return NONE;
  const nested = toValue(own(value, "attributes"));
  const attributes = isRecord(nested) ? nested : EMPTY;
  // Claude Code's own telemetry uses no exporter's prefix, and is the one with the most rows.
  if (own(attributes, "span.type") !== undefined) return { top: value, attributes, prefixes: PLAIN };
  if (own(value, "attributes.span.type") !== undefined) return { top: value, attributes, prefixes: NATIVE_DOTTED };
  const bits = prefixBits(value) | (attributes === EMPTY ? 0 : prefixBits(attributes));
  return { top: value, attributes, prefixes: PREFIX_LISTS[bits] ?? PLAIN };
}

function prefixBits(record: JsonRecord): number {
  let bits = 0;
  for (const key in record) {
    // All prefixes end in a dot, and most keys have none.
    if (!key.includes(".")) continue;
    for (let at = 0; at < PREFIXES.length; at += 1) if (key.startsWith(PREFIXES[at] ?? "")) bits |= 1 << at;
  }
  return bits;
}

/** The value of a key in any of its spellings, or undefined. */
export function read(metadata: Metadata, key: string): unknown {
  let found = readOne(metadata, key);
  for (const prefix of metadata.prefixes) {
    if (found !== undefined) return found;
    found = readOne(metadata, joined(prefix, key));
  }
  return found;
}

function readOne({ top, attributes }: Metadata, name: string): unknown {
  const found = own(top, name);
  if (found !== undefined && found !== null) return found;
  return attributes === EMPTY ? undefined : (own(attributes, name) ?? undefined);
}

// Keys are a fixed few; joining them anew for each of 100,000 rows is what a look-up would mostly cost.
const names = new Map<string, Map<string, string>>();

function joined(left: string, right: string): string {
  const known = names.get(left)?.get(right);
  if (known !== undefined) return known;
  const ofLeft = names.get(left) ?? new Map<string, string>();
  names.set(left, ofLeft);
  ofLeft.set(right, left + right);
  return left + right;
}

/** A scalar of the metadata as text ("true", "34"), or null. */
export function readText(metadata: Metadata, key: string): string | null {
  return scalarText(read(metadata, key));
}

/** A value of a nested object such as `output_meta: {orig_len}`, which some servers flatten to `output_meta.orig_len`. */
export function readNested(metadata: Metadata, key: string, inner: string): unknown {
  const outer = toValue(read(metadata, key));
  return (isRecord(outer) ? own(outer, inner) : undefined) ?? read(metadata, joined(key, joined(".", inner)));
}
