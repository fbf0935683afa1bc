import { setTimeout as sleep } from "node:timers/promises";
import { HOW_TO_SET_KEYS, parseConfig, parseOutcomeScore, type Environment } from "./config.ts";
import type { Summary } from "./trace/summary/schema.ts";
import { toName } from "./trace/values/names.ts";
import { toSessionTraceId } from "./trace/summary/session-summary.ts";
import { parseSelector, USAGE, type Selector, type UrlPlace } from "./audit/audit-argument.ts";
import { AuditError } from "./audit-error.ts";
import { DEADLINES, withinHalf } from "./deadlines.ts";
import { readHistory } from "./repository/history.ts";
import { createLangfuseSource } from "./sources/langfuse/source.ts";
import { SourceFailure, type OpenedProject, type Source } from "./sources/port.ts";
import { readOwnProject } from "./sources/select/own-project.ts";
import { scan, type Scan } from "./sources/select/scan.ts";
import { select } from "./sources/select/select.ts";
import { EVERY_PROJECT } from "./sources/select/this-project.ts";
import { endingAfter } from "./sources/time-limit.ts";
import type { Call, Progress, Selection } from "./sources/selected-traces.ts";
import { createTranscriptSource } from "./sources/transcripts/source.ts";

/** Reads traces and remembers their summaries for as long as the process lives. */
export type Auditor = {
  /** Where the traces come from, for the answer; without credentials. */
  readonly place: () => string;
  /** Throws AuditErrors only, but for errors of our own. */
  readonly audit: (selector: Selector, signal: AbortSignal, progress: Progress) => Promise<Audited>;
  /** The newest sessions and runs of this project, as many as are read within `ms` milliseconds. Throws AuditErrors only. */
  readonly scan: (max: number, ms: number) => Promise<Scan>;
  /** The summary that `audit` gave for this id, or null. */
  readonly recall: (traceId: string) => Summary | null;
  /** The summary that `audit` gave for this one, or a newly computed one. */
  readonly summaryOf: (selector: Named, signal: AbortSignal) => Promise<Summary>;
};

/** What was selected, and the name of the project that it is from where the source told it in time. */
export type Audited = Selection & { readonly project: string | null };

/** One trace or one session, by its id. */
export type Named = Extract<Selector, { kind: "id" }> | { readonly kind: "session"; readonly sessionId: string };

/** The time in milliseconds since 1970, and chance: at least 0, less than 1. */
export type Clock = { readonly now: () => number; readonly random: () => number };

const REMEMBERED = 200;
/** Nothing is read or sent before the first call, so that a server without keys starts and can say what is missing. */
export function createAuditor(env: Environment, clock: Clock, deadlines = DEADLINES): Auditor {
  let opened: Source | null = null;
  const open = (): Source => (opened ??= openSource(env, clock));
  const remembered = new Map<string, Summary>();

  const remember = (summary: Summary): void => {
    remembered.delete(summary.trace_id);
    remembered.set(summary.trace_id, summary);
    const [oldest] = remembered.size > REMEMBERED ? remembered.keys() : [];
    if (oldest !== undefined) remembered.delete(oldest);
  };

  /** What a call is resolved with. */
  const toCall = async (source: Source, signal: AbortSignal, progress: Progress): Promise<Call> => ({
    source,
    // Transcripts are this project's already.
    project: source.origin === null ? EVERY_PROJECT : await readOwnProject(env),
    history: once(() => readHistory(env, signal)),
    outcomeScore: parseOutcomeScore(env),
    signal,
    now: clock.now(),
    random: clock.random,
    progress,
  });

  const audit: Auditor["audit"] = async (selector, signal, progress) => {
    const source = open();
    const ended = new AbortController();
    if (selector.kind === "id" || selector.kind === "session") checkOrigin(selector, source);
    try {
      const limits = endingAfter(deadlines[selector.kind], signal, ended.signal);
      const call = await toCall(withinHalf(source, deadlines[selector.kind]), limits, progress);
      const selecting = select(call, selector);
      // Behind the first requests, beside the others.
      const opening = source.openedProject(call.signal);
      const url = "url" in selector ? selector.url : null;
      const selection = await selecting.catch(async (error: unknown) => {
        // An id that is not there is best explained by the project that it is in.
        checkProject(url, await inTime(opening, url));
        throw error;
      });
      const project = await inTime(opening, url);
      checkProject(url, project);
      selection.summaries.forEach(remember);
      return { ...selection, project: project?.name ?? null };
    } catch (error) {
      throw toAuditError(error, selector.kind === "id" ? selector.traceId : null);
    } finally {
      // What one failure left waiting is not sent any more.
      ended.abort();
    }
  };

  return {
    place: () => open().place,
    audit,
    scan: async (max, ms) => {
      try {
        return await scan(await toCall(open(), AbortSignal.timeout(ms), () => {}), max);
      } catch (error) {
        throw toAuditError(error, null);
      }
    },
    recall: (traceId) => remembered.get(traceId) ?? null,
    summaryOf: async (selector, signal) => {
      const traceId = selector.kind === "id" ? selector.traceId : toSessionTraceId(selector.sessionId);
      const known = remembered.get(traceId);
      if (known !== undefined) return known;
      const { summaries } = await audit({ ...selector, url: null }, signal, () => {});
      const [summary] = summaries;
      if (summary === undefined) throw new Error(`no summary was computed for ${traceId}`);
      return summary;
    },
  };
}

function once<T>(act: () => T): () => T {
  let done: { readonly value: T } | null = null;
  return () => (done ??= { value: act() }).value;
}

/** A source's failure in words for whoever asked; what is none stays as it is. */
function toAuditError(error: unknown, traceId: string | null): unknown {
  return error instanceof SourceFailure ? new AuditError(error.describe(traceId), { cause: error }) : error;
}

/** The Langfuse project whose keys are set; without keys, the transcripts of the project on this machine. */
function openSource(env: Environment, { now }: Clock): Source {
  const config = parseConfig(env);
  return config === null ? createTranscriptSource(env, now) : createLangfuseSource(config);
}

/** A pasted URL of another host would be looked up in the wrong place and not be found. */
function checkOrigin({ url }: { readonly url: UrlPlace | null }, source: Source): void {
  if (url === null) return;
  const given = new URL(url.origin).origin;
  if (given === source.origin) return;
  throw new AuditError(
    source.origin === null
      ? `The URL belongs to ${given}, but no Langfuse keys are set, so that traces are read from local transcripts. ${HOW_TO_SET_KEYS}`
      : `The URL belongs to ${given}, but traces are read from ${source.origin}. LANGFUSE_BASE_URL names another host than the one the trace is on. Set LANGFUSE_BASE_URL and the keys to the trace's host, or give a trace of the configured one.`,
  );
}

/** The project, if it is told by now or in a moment. A URL that names one is worth waiting for what it is checked by. */
async function inTime(opening: Promise<OpenedProject | null>, url: UrlPlace | null): Promise<OpenedProject | null> {
  const grace = new AbortController();
  const late = sleep(url?.projectId == null ? 100 : 5000, null, { signal: grace.signal }).catch(() => null);
  try {
    return await Promise.race([opening, late]);
  } finally {
    grace.abort();
  }
}

/** Two projects of a server can hold a trace of one id, and most often the other one does not. */
function checkProject(url: UrlPlace | null, project: OpenedProject | null): void {
  if (project === null || url?.projectId == null || url.projectId === project.id) return;
  throw new AuditError(
    `The URL belongs to project "${toName(url.projectId).slice(0, 100)}", but the keys open project "${project.name}" (${toName(project.id).slice(0, 100)}). The trace was looked at in another project of this Langfuse than the one whose keys are set. Set the keys of the URL's project, or give a trace of the project that they open.`,
  );
}

/** The selector that a text spells. Throws an AuditError with the usage line when it spells none. */
export function toSelector(written: string): Selector {
  const selector = parseSelector(written);
  if (selector === null) {
    throw new AuditError(
      `"${written.slice(0, 80)}" is no trace id, Langfuse URL of a trace or session, \`last\`, \`session\`, \`session:<id>\` or \`sample:N\`. It may be empty, hold blanks, or ask for a sample of a size other than 1 to 50. ${USAGE}.`,
    );
  }
  return selector;
}
