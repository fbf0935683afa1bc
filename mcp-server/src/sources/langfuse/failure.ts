import { isRecord, own, text, toNumber } from "../../trace/values/json.ts";

/** What a failed request says about the server; the adapter decides by it, users read `describe`. */
export type FailureKind =
  | "unauthorized"
  | "forbidden"
  | "not_found"
  | "route_missing"
  | "route_closed"
  | "events_only"
  | "bad_request"
  | "rate_limited"
  | "too_large"
  | "too_slow"
  | "server_error"
  | "not_json"
  | "unreachable"
  | "untrusted"
  | "redirected"
  | "proxy_refused"
  | "broken_off"
  | "stalled"
  | "stopped";

export class LangfuseFailure extends Error {
  override readonly name = "LangfuseFailure";
  readonly kind: FailureKind;
  readonly status: number | null;
  readonly retryAfterMs: number | null;
  /** The system's code of a network error, such as ENOTFOUND; the origin that a redirect leads to; a proxy's status. */
  readonly detail: string | null;

  constructor(
    kind: FailureKind,
    details: { status?: number; retryAfterMs?: number | null; detail?: string; cause?: unknown } = {},
  ) {
    super(`Langfuse request failed: ${kind}`, { cause: details.cause });
    this.kind = kind;
    this.status = details.status ?? null;
    this.retryAfterMs = details.retryAfterMs ?? null;
    this.detail = details.detail || null;
  }
}

/** Whether an error is a failure of one of these kinds. */
export function isFailure(error: unknown, kinds: readonly FailureKind[]): error is LangfuseFailure {
  return error instanceof LangfuseFailure && kinds.includes(error.kind);
}

/** Fewer rows at once may pass. */
export const TOO_HEAVY: readonly FailureKind[] = ["too_slow", "too_large"];

/** The API client's error, as far as it is used; its message holds the whole response body and is never passed on. */
type ApiError = {
  readonly statusCode?: unknown;
  readonly body?: unknown;
  readonly message?: unknown;
  readonly rawResponse?: unknown;
};

/** Classifies what the API client threw. Decides a 404 by its message, because real and gated ones carry one `error`. */
export function toFailure(error: unknown, isStopped: boolean): LangfuseFailure {
  if (error instanceof LangfuseFailure) return error;
  if (isStopped) return new LangfuseFailure("stopped", { cause: error });
  const { statusCode, body, message, rawResponse }: ApiError = typeof error === "object" && error !== null ? error : {};
  const status = toNumber(statusCode);
  if (status === null) return toNetworkFailure(text(message) ?? "", error);
  const said = isRecord(body) ? (text(own(body, "message")) ?? "") : null;
  const kind = toKind(status, said, isRecord(body) ? text(own(body, "error")) : null);
  return new LangfuseFailure(kind, {
    status,
    retryAfterMs: kind === "rate_limited" ? toRetryAfter(body, rawResponse) : null,
    cause: error,
  });
}

function toKind(status: number, said: string | null, error: string | null): FailureKind {
  switch (status) {
    case 400:
      return "bad_request";
    case 401:
      return "unauthorized";
    case 403:
      return "forbidden";
    case 404:
    case 410:
      return toMissing(said);
    case 407:
      return "proxy_refused";
    case 408:
    case 524:
      return "too_slow";
    case 422:
      return error === "PayloadTooLargeError" ? "too_large" : "too_slow";
    case 429:
      return "rate_limited";
    case 501:
      return "route_closed";
    default:
      return said !== null && /timeout/iu.test(said) ? "too_slow" : status >= 500 ? "server_error" : "bad_request";
  }
}

function toMissing(said: string | null): FailureKind {
  if (said === null || said === "") return "route_missing";
  if (said.includes("events_only mode")) return "events_only";
  if (said.includes("v4 write mode") || said.includes("only available on Langfuse Cloud")) return "route_closed";
  return /^Trace\b.* not found within authorized project/su.test(said) ? "not_found" : "route_missing";
}

/** The wait that is asked for, in milliseconds: as seconds or, as HTTP allows too, as a date. */
function toRetryAfter(body: unknown, rawResponse: unknown): number | null {
  const headers = isRecord(rawResponse) ? own(rawResponse, "headers") : undefined;
  const header = headers instanceof Headers ? headers.get("retry-after") : null;
  const details = isRecord(body) ? own(body, "details") : undefined;
  const seconds = toNumber(header) ?? (isRecord(details) ? toNumber(own(details, "retryAfterSeconds")) : null);
  const ms = seconds === null ? Date.parse(header ?? "") - Date.now() : seconds * 1000;
  return Number.isFinite(ms) ? Math.max(ms, 0) : null;
}

const SIGN = /^trace-audit:(\w+):(.*)$/su;

/** How the layers of fetch name a failure in an error's message, the only thing that the API client passes on. */
export function signOf(kind: SignedKind, detail = ""): string {
  return `trace-audit:${kind}:${detail}`;
}

/** Whether an error was named by one of the layers already. */
export function isSigned({ message }: Error): boolean {
  return SIGN.test(message);
}

const SIGNED = [
  "stalled",
  "too_large",
  "not_json",
  "unreachable",
  "untrusted",
  "redirected",
  "proxy_refused",
  "broken_off",
] as const satisfies readonly FailureKind[];
type SignedKind = (typeof SIGNED)[number];

function toNetworkFailure(message: string, cause: unknown): LangfuseFailure {
  const [, name, detail = ""] = SIGN.exec(message) ?? [];
  const kind = SIGNED.find((one) => one === name);
  if (kind !== undefined) return new LangfuseFailure(kind, { detail, cause });
  return new LangfuseFailure(message === "timeout" ? "stalled" : "unreachable", { cause });
}
