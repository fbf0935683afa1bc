/** What to audit: one trace by id, the newest, or a random sample. `origin`: of the URL that an id was taken from. */
export type Selector =
  | { readonly kind: "id"; readonly traceId: string; readonly origin: string | null }
  | { readonly kind: "last" }
  | { readonly kind: "sample"; readonly size: number };

export const USAGE = "Usage: /audit <trace_id | Langfuse trace URL | last | sample:N>, with N from 1 to 50";
export const MAX_SAMPLE = 50;
export const MAX_ID = 256;

/** Reads a selector as a human types it, or null when it is none. */
export function parseSelector(written: string): Selector | null {
  const value = written
    .trim()
    .replace(/^(["'`<])(.*)["'`>]$/su, "$2")
    .trim();
  if (/^last$/iu.test(value)) return { kind: "last" };
  const sample = /^sample(?::(.*))?$/isu.exec(value);
  if (sample) {
    const size = /^\s*0*([1-9]\d?)\s*$/u.exec(sample[1] ?? "")?.[1];
    return size !== undefined && Number(size) <= MAX_SAMPLE ? { kind: "sample", size: Number(size) } : null;
  }
  if (/^https?:\/\//iu.test(value)) return fromUrl(value);
  return isTraceId(value) ? { kind: "id", traceId: value, origin: null } : null;
}

/**
 * Whether a text can be a trace id. Ids of OpenTelemetry are 32 hexadecimal digits, but older projects hold any text, so
 * only what could change a request is refused: nothing, blanks, control characters, path steps, excessive length.
 */
export function isTraceId(value: string): boolean {
  return value.length > 0 && value.length <= MAX_ID && !/[\s\p{Cc}\p{Cs}]/u.test(value) && !/^\.{1,2}$/u.test(value);
}

/** `…/project/<id>/traces/<trace>` of a page or link, or `?peek=<trace>` / `?traceId=<trace>` of a list. */
function fromUrl(value: string): Selector | null {
  const parts = /^(https?:\/\/[^/?#]+)([^?#]*)(\?[^#]*)?/iu.exec(value);
  const inPath = /\/traces?\/([^/]+)\/?$/u.exec(parts?.[2] ?? "")?.[1];
  const inQuery = /[?&](?:peek|traceId)=([^&]+)/u.exec(parts?.[3] ?? "")?.[1];
  const traceId = decode(inPath ?? inQuery ?? "");
  return traceId !== null && isTraceId(traceId)
    ? { kind: "id", traceId, origin: (parts?.[1] ?? "").toLowerCase() }
    : null;
}

function decode(value: string): string | null {
  try {
    return decodeURIComponent(value);
  } catch {
    return null;
  }
}
