import { plural } from "../../trace/values/plural.ts";
import { SourceFailure } from "../port.ts";
import type { FailureKind, LangfuseFailure } from "./failure.ts";

/** What to do when no trace qualifies. */
export const ADVICE =
  "Check that the keys belong to the project that Claude Code sends its traces to, or name a trace by its id.";

const CONCERNS_ONE: readonly FailureKind[] = [
  "not_found",
  "too_large",
  "too_slow",
  "bad_request",
  "server_error",
  "not_json",
  "broken_off",
  "stalled",
];

/** A failure as the selectors know it: what it concerns, and the words for it. */
export function toSourceFailure(failure: LangfuseFailure, baseUrl: string): SourceFailure {
  const concerns = concernsOne(failure) ? "trace" : "source";
  return new SourceFailure(concerns, (traceId) => words(failure, baseUrl, toSubject(traceId)), failure);
}

/** A failure to read a session, which it names itself. */
export function toSessionFailure(failure: LangfuseFailure, baseUrl: string, sessionId: string): SourceFailure {
  const what = `session "${sessionId}"`;
  const missing = `Session "${sessionId}" was not found at ${baseUrl}. The id is mistyped, the API keys belong to another project, or its traces name no session. Copy the id from the session's URL, check that the keys belong to the same project, or audit one trace by its id.`;
  return new SourceFailure("source", () => words(failure, baseUrl, { what, missing: () => missing }), failure);
}

/** Whether a failure says nothing of other traces. */
export function concernsOne({ kind }: LangfuseFailure): boolean {
  return CONCERNS_ONE.includes(kind);
}

/** What was read, and what to say when it is not there. */
type Subject = { readonly what: string; readonly missing: (baseUrl: string) => string };

function toSubject(traceId: string | null): Subject {
  return {
    what: traceId === null ? "the list of traces" : `trace "${traceId}"`,
    missing: (baseUrl) =>
      `Trace "${traceId ?? ""}" was not found at ${baseUrl}. The id is mistyped, the API keys belong to another project, or the trace was sent only moments ago. Copy the id from the trace's URL, check that the keys belong to the same project, or try again in some minutes.`,
  };
}

/** A failure in words: what failed, the likely cause, what to do. */
function words(
  { kind, status, detail, retryAfterMs }: LangfuseFailure,
  baseUrl: string,
  { what, missing }: Subject,
): string {
  const at = `Langfuse at ${baseUrl}`;
  const answered = status === null ? "" : ` (HTTP ${status})`;
  const code = detail === null ? "" : ` (${detail})`;
  switch (kind) {
    case "unauthorized":
      return `${at} refused the API keys${answered}. They are mistyped, deleted, or belong to another Langfuse host. Check LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY, and that LANGFUSE_BASE_URL is the host they were made on.`;
    case "forbidden":
      return `${at} does not let these keys read traces${answered}. They are probably organisation keys, not a project's. Use the keys from the project's Settings > API Keys.`;
    case "not_found":
      return missing(baseUrl);
    case "route_missing":
    case "route_closed":
    case "events_only":
      return `${baseUrl} answered, but not as a Langfuse API${answered}. LANGFUSE_BASE_URL names another server, or lacks or has a path prefix too many. Set it to the address at which Langfuse opens in a browser, without /project/….`;
    case "not_json":
      return `${baseUrl} answered with something that is not Langfuse's JSON. A login page, a proxy or another server is in between, or the answer was cut off. Open the address in a browser and check LANGFUSE_BASE_URL.`;
    case "bad_request":
      return `${at} refused the request for ${what}${answered}. The server is of a version that this plugin does not know, or the id cannot be one of its ids. Check the id; if it is right, report the server's version to the plugin's maintainers.`;
    case "rate_limited":
      return retryAfterMs !== null && retryAfterMs > 0
        ? `${at} refuses ${what} because of its rate limit${answered} and asks for a pause of ${inWords(retryAfterMs)}. The requests that the plan allows are used up, or a proxy in between counts them. Try again after the pause, or ask for a smaller sample.`
        : `${at} kept refusing ${what} because of its rate limit${answered}. The plan's requests per minute are used up. Wait a minute and try again, or ask for a smaller sample.`;
    case "too_large":
      if (status === null)
        return `${at} sent more than 100 MB for ${what}, and the rest was not read. The trace is very large, or the server is none of Langfuse. Audit another trace, or check LANGFUSE_BASE_URL.`;
      return `${at} says that ${what} is too large for one answer${answered}. Its observations could not be read page by page either. Audit another trace, or raise the server's limit.`;
    case "too_slow":
      return `${at} took too long for ${what}${answered}. The server or its database is overloaded or stuck, or the trace is very large. Try again later.`;
    case "server_error":
      return `${at} failed while reading ${what}${answered}. The server has an internal problem, often with its database. Try again later, and look at the server's own log if you run it.`;
    case "unreachable":
      return `${at} could not be reached${code}. The host is mistyped or down, or a network or proxy is in between. Check LANGFUSE_BASE_URL, your connection and, behind a proxy, HTTPS_PROXY and NO_PROXY, then try again.`;
    case "untrusted":
      return `${at} showed a certificate that Node does not accept${code}. It is of a private authority, as of a company or of a proxy that looks into connections, or it is expired or made for another host. Export NODE_EXTRA_CA_CERTS with the path of the authority's PEM file and restart Claude Code, or have the certificate renewed.`;
    case "redirected":
      return `${at} sends its readers on to ${detail ?? "another address"}, where the keys were not sent. Langfuse has moved, is reached by https:// instead of http://, or a login page stands before it. If Langfuse opens at that address in a browser, set LANGFUSE_BASE_URL to it; else ask who runs the server for an address without a login page.`;
    case "proxy_refused":
      return `The proxy did not let the request through to ${at}${answered === "" ? ` (HTTP ${detail ?? "error"})` : answered}. It wants a user name and a password, or does not allow the host. Check HTTPS_PROXY, with \`user:password@\` before its host where it needs them, or name the host of Langfuse in NO_PROXY.`;
    case "broken_off":
      return `${at} broke off while sending ${what}${code}. The connection or a proxy in between is unstable. Try again.`;
    case "stalled":
      return `${at} sent nothing for too long while reading ${what}. The server is overloaded, or a proxy holds the answer back. Try again later, or raise LANGFUSE_TIMEOUT_SECONDS.`;
    case "stopped":
      return `Reading ${what} from ${at} took longer than the call may take. The server is slow, its rate limit is low, or the trace is very large. Try again later, and ask for fewer traces if it was a sample.`;
  }
}

/** 90 s as "90 seconds", an hour as "60 minutes", a day as "24 hours". */
function inWords(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  const [count, unit]: readonly [number, string] =
    seconds < 120
      ? [seconds, "second"]
      : seconds < 7200
        ? [Math.ceil(seconds / 60), "minute"]
        : [Math.ceil(seconds / 3600), "hour"];
  return plural(count, unit);
}
