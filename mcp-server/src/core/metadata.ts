import { isRecord, own, scalarText, toValue, type JsonRecord } from "./json.ts";

/**
 * Metadata of one observation. The same key arrives nested (`attributes: {tool_name}`), flat and dotted
 * (`attributes.tool_name`), prefixed by an exporter (`claude.`, `langsmith.metadata.`) or as JSON text.
 */
export type Metadata = {
  readonly top: JsonRecord;
  readonly attributes: JsonRecord;
  /** The prefixes that occur among its keys, so that a look-up tries no others; "" comes first. */
  readonly prefixes: readonly string[];
};

const EMPTY: JsonRecord = Object.freeze({});
const PLAIN: readonly string[] = [""];
const NONE: Metadata = { top: EMPTY, attributes: EMPTY, prefixes: PLAIN };
const NATIVE_DOTTED: readonly string[] = ["", "attributes."];
const EXPORTERS = ["claude.", "langsmith.metadata."] as const;
const DOTTED = "attributes.";

/** Metadata as the API returned it; anything but an object reads as empty. */
export function toMetadata(raw: unknown): Metadata {
  const value = toValue(raw);
  if (!isRecord(value)) return NONE;
  const nested = toValue(own(value, "attributes"));
  const attributes = isRecord(nested) ? nested : EMPTY;
  // Claude Code's own telemetry uses no exporter's prefix, and is the one with the most rows.
  if (own(attributes, "span.type") !== undefined) return { top: value, attributes, prefixes: PLAIN };
  if (own(value, "attributes.span.type") !== undefined) return { top: value, attributes, prefixes: NATIVE_DOTTED };
  const found = new Set<string>();
  findPrefixes(value, found);
  if (attributes !== EMPTY) findPrefixes(attributes, found);
  return { top: value, attributes, prefixes: found.size === 0 ? PLAIN : ["", ...[...found].sort()] };
}

function findPrefixes(record: JsonRecord, found: Set<string>): void {
  for (const key in record) {
    const isDotted = key.startsWith(DOTTED);
    if (isDotted) found.add(DOTTED);
    const rest = isDotted ? DOTTED.length : 0;
    for (const exporter of EXPORTERS)
      if (key.startsWith(exporter, rest)) found.add(key.slice(0, rest + exporter.length));
  }
}

/** The value of a key in any of its spellings, or undefined. */
export function read({ top, attributes, prefixes }: Metadata, key: string): unknown {
  for (const prefix of prefixes) {
    const name = prefix === "" ? key : spelled(prefix, key);
    const found = own(top, name) ?? own(attributes, name);
    if (found !== undefined && found !== null) return found;
  }
  return undefined;
}

// Keys and prefixes are a fixed few; joining them anew for each of 100,000 rows is what a look-up would mostly cost.
const spellings = new Map<string, Map<string, string>>();

function spelled(prefix: string, key: string): string {
  const known = spellings.get(prefix)?.get(key);
  if (known !== undefined) return known;
  const keys = spellings.get(prefix) ?? new Map<string, string>();
  spellings.set(prefix, keys);
  keys.set(key, prefix + key);
  return prefix + key;
}

/** A scalar of the metadata as text ("true", "34"), or null. */
export function readText(metadata: Metadata, key: string): string | null {
  return scalarText(read(metadata, key));
}

/** A value of a nested object such as `output_meta: {orig_len}`, which some servers flatten to `output_meta.orig_len`. */
export function readNested(metadata: Metadata, key: string, inner: string): unknown {
  const outer = toValue(read(metadata, key));
  return (isRecord(outer) ? own(outer, inner) : undefined) ?? read(metadata, `${key}.${inner}`);
}
