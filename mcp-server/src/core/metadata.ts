import { isRecord, own, scalarText, toValue, type JsonRecord } from "./json.ts";

/**
 * Metadata of one observation. The same key arrives nested (`attributes: {tool_name}`), flat and dotted
 * (`attributes.tool_name`), prefixed by an exporter (`claude.`, `langsmith.metadata.`) or as JSON text (traces.md 3.1).
 */
export type Metadata = { readonly top: JsonRecord; readonly attributes: JsonRecord };

const EMPTY: JsonRecord = Object.freeze({});
const PREFIXES = ["", "claude.", "langsmith.metadata."] as const;

/** Metadata as the API returned it; anything but an object reads as empty. */
export function toMetadata(raw: unknown): Metadata {
  const value = toValue(raw);
  if (!isRecord(value)) return { top: EMPTY, attributes: EMPTY };
  const nested = toValue(own(value, "attributes"));
  return { top: value, attributes: isRecord(nested) ? nested : EMPTY };
}

/** The value of a key in any of its spellings, or undefined. */
export function read({ top, attributes }: Metadata, key: string): unknown {
  for (const prefix of PREFIXES) {
    const name = prefix === "" ? key : prefix + key;
    const found = own(top, name) ?? own(attributes, name) ?? own(top, `attributes.${name}`);
    if (found !== undefined && found !== null) return found;
  }
  return undefined;
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
