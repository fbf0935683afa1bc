/** What the URL that an id was taken from says besides: the server, and the project by its id where it names one. */
export type UrlPlace = { readonly origin: string; readonly projectId: string | null };

/**
 * What to audit: one trace by id, the newest, all turns of a session, or a random sample. `url` is null for an id that was
 * given alone. A `sessionId` of null is the session of the newest trace.
 */
export type Selector =
  | { readonly kind: "id"; readonly traceId: string; readonly url: UrlPlace | null }
  | { readonly kind: "last" }
  | { readonly kind: "session"; readonly sessionId: string | null; readonly url: UrlPlace | null }
  | { readonly kind: "sample"; readonly size: number };

export const USAGE =
  "Usage: /audit <trace_id | Langfuse trace or session URL | last | session | session:<id> | sample:N>, with N from 1 to 50";
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
  const session = /^session(?::(.*))?$/isu.exec(value);
  if (session) return toSession(session[1]?.trim() ?? null, null);
  if (/^https?:\/\//iu.test(value)) return fromUrl(value);
  return isTraceId(value) ? { kind: "id", traceId: value, url: null } : null;
}

/**
 * Whether a text can be a trace id. Ids of OpenTelemetry are 32 hexadecimal digits, but older projects hold any text, so
 * only what could change a request is refused: nothing, blanks, control characters, path steps, excessive length.
 */
export function isTraceId(value: string): boolean {
  return value.length > 0 && value.length <= MAX_ID && !/[\s\p{Cc}\p{Cs}]/u.test(value) && !/^\.{1,2}$/u.test(value);
}

/** A session's id is held to the rules of a trace's: it is put into requests and names files in the same way. */
function toSession(sessionId: string | null, url: UrlPlace | null): Selector | null {
  return sessionId === null || isTraceId(sessionId) ? { kind: "session", sessionId, url } : null;
}

/**
 * `…/project/<id>/traces/<trace>` of a page or link, or `?traceId=<trace>` / `?peek=<trace>` of a list; or
 * `…/project/<id>/sessions/<session>`. The lists of Langfuse 4 name an observation as `peek` and its trace as `traceId`.
 */
function fromUrl(value: string): Selector | null {
  const parts = /^(https?:\/\/[^/?#]+)([^?#]*)(\?[^#]*)?/iu.exec(value);
  const origin = (parts?.[1] ?? "").toLowerCase();
  const inPath = /\/traces?\/([^/]+)\/?$/u.exec(parts?.[2] ?? "")?.[1];
  const query = parts?.[3] ?? "";
  const inQuery = (/[?&]traceId=([^&]+)/u.exec(query) ?? /[?&]peek=([^&]+)/u.exec(query))?.[1];
  const url = { origin, projectId: decode(/\/project\/([^/]+)\//u.exec(parts?.[2] ?? "")?.[1] ?? "") || null };
  // A trace that is open beside the list of its session is what was looked at.
  const session = /\/sessions\/([^/]+)\/?$/u.exec(parts?.[2] ?? "")?.[1];
  if (session !== undefined && inQuery === undefined) return toSession(decode(session) ?? "", url);
  const traceId = decode(inPath ?? inQuery ?? "");
  return traceId !== null && isTraceId(traceId) ? { kind: "id", traceId, url } : null;
}

function decode(value: string): string | null {
  try {
    return decodeURIComponent(value);
  } catch {
    return null;
  }
}
