import { HOW_TO_SET_KEYS, parseConfig, type Environment } from "./config.ts";
import type { Summary } from "./trace/summary/schema.ts";
import { parseSelector, USAGE, type Selector } from "./trace/values/selector.ts";
import { AuditError } from "./errors.ts";
import { words } from "./sources/langfuse/describe.ts";
import { LangfuseFailure } from "./sources/langfuse/failure.ts";
import { listAll, listNewest } from "./sources/langfuse/listing.ts";
import { createRoutes, readTrace } from "./sources/langfuse/reader.ts";
import { createRequests } from "./sources/langfuse/requests.ts";
import { readSession } from "./sources/langfuse/earlier-turns.ts";
import { createTranscriptSource } from "./sources/transcripts/source.ts";
import { TRANSCRIPTS } from "./sources/transcripts/describe.ts";
import { select } from "./sources/select/select.ts";
import type { Report, Selection, Source } from "./sources/port.ts";

/** Reads traces and remembers their summaries for as long as the process lives. */
export type Auditor = {
  /** Where the traces come from, for the answer; without credentials. */
  readonly baseUrl: () => string;
  /** Throws AuditErrors only, but for errors of our own. */
  readonly audit: (selector: Selector, signal: AbortSignal, report: Report) => Promise<Selection>;
  /** The summary that `audit` gave for this id, or null. */
  readonly recall: (traceId: string) => Summary | null;
  /** The summary that `audit` gave for this id, or a newly computed one. */
  readonly summaryOf: (traceId: string, signal: AbortSignal) => Promise<Summary>;
};

export type Clock = { readonly now: () => number; readonly random: () => number };

const REMEMBERED = 200;
/** When a call ends by itself, in milliseconds from its start. */
export type Deadlines = Readonly<Record<Selector["kind"], number>>;
/** Well before the client's, which is the `timeout` of the plugin's manifest. */
export const DEADLINES: Deadlines = { id: 110_000, last: 110_000, sample: 280_000 };

/** Nothing is read or sent before the first call, so that a server without keys starts and can say what is missing. */
export function createAuditor(env: Environment, clock: Clock, deadlines = DEADLINES): Auditor {
  let opened: { readonly source: Source; readonly baseUrl: string } | null = null;
  const remembered = new Map<string, Summary>();

  const open = (): { readonly source: Source; readonly baseUrl: string } => {
    if (opened !== null) return opened;
    const config = parseConfig(env);
    if (config === null) {
      opened = { source: { ...createTranscriptSource(env, clock.now), ...clock }, baseUrl: TRANSCRIPTS };
      return opened;
    }
    const requests = createRequests(config);
    const routes = createRoutes();
    const source: Source = {
      read: (traceId, signal) => readTrace(requests, routes, traceId, signal),
      readSession: (query, signal) => readSession(requests, query, signal),
      listNewest: (window, signal) => listNewest(requests, routes, window, signal),
      listAll: (window, signal) => listAll(requests, routes, window, signal),
      describe: (failure, traceId) => words(failure, config.baseUrl, traceId),
      ...clock,
    };
    opened = { source, baseUrl: config.baseUrl };
    return opened;
  };

  const remember = (summary: Summary): void => {
    remembered.delete(summary.trace_id);
    remembered.set(summary.trace_id, summary);
    for (const oldest of remembered.keys()) {
      if (remembered.size <= REMEMBERED) break;
      remembered.delete(oldest);
    }
  };

  const audit: Auditor["audit"] = async (selector, signal, report) => {
    const { source, baseUrl } = open();
    const deadline = AbortSignal.timeout(deadlines[selector.kind]);
    const ended = new AbortController();
    if (selector.kind === "id") checkOrigin(selector, baseUrl);
    try {
      const withMemory = withinHalf(source, deadlines[selector.kind]);
      const selection = await select(withMemory, selector, AbortSignal.any([signal, deadline, ended.signal]), report);
      selection.summaries.forEach(remember);
      return selection;
    } catch (error) {
      if (!(error instanceof LangfuseFailure)) throw error;
      const said = source.describe(error, selector.kind === "id" ? selector.traceId : null);
      throw new AuditError(said, { cause: error });
    } finally {
      // What one failure left waiting is not sent any more.
      ended.abort();
    }
  };

  return {
    baseUrl: () => open().baseUrl,
    audit,
    recall: (traceId) => remembered.get(traceId) ?? null,
    summaryOf: async (traceId, signal) => {
      const known = remembered.get(traceId);
      if (known !== undefined) return known;
      const { summaries } = await audit({ kind: "id", traceId, origin: null }, signal, () => {});
      const [summary] = summaries;
      if (summary === undefined) throw new Error(`no summary was computed for ${traceId}`);
      return summary;
    },
  };
}

/**
 * Sessions are read in the first half of a call only, so that traces never wait in vain for a memory that does not come,
 * or for the requests a minute that it took.
 */
function withinHalf(source: Source, deadlineMs: number): Source {
  const half = AbortSignal.timeout(deadlineMs / 2);
  return { ...source, readSession: (query, signal) => source.readSession(query, AbortSignal.any([signal, half])) };
}

/** A pasted URL of another host would be looked up in the wrong place and not be found. */
function checkOrigin({ origin }: { readonly origin: string | null }, baseUrl: string): void {
  if (origin === null) return;
  if (baseUrl === TRANSCRIPTS) {
    throw new AuditError(
      `The URL belongs to ${new URL(origin).origin}, but no Langfuse keys are set, so that traces are read from local transcripts. ${HOW_TO_SET_KEYS}`,
    );
  }
  if (new URL(origin).origin === new URL(baseUrl).origin) return;
  throw new AuditError(
    `The URL belongs to ${new URL(origin).origin}, but traces are read from ${new URL(baseUrl).origin}. LANGFUSE_BASE_URL names another host than the one the trace is on. Set LANGFUSE_BASE_URL and the keys to the trace's host, or give a trace of the configured one.`,
  );
}

/** The selector that a text spells. Throws an AuditError with the usage line when it spells none. */
export function toSelector(written: string): Selector {
  const selector = parseSelector(written);
  if (selector === null) {
    throw new AuditError(
      `"${written.slice(0, 80)}" is no trace id, Langfuse trace URL, \`last\` or \`sample:N\`. It may be empty, hold blanks, or ask for a sample of a size other than 1 to 50. ${USAGE}.`,
    );
  }
  return selector;
}
