import { HOW_TO_SET_KEYS, parseConfig, parseOutcomeScore, type Environment } from "./config.ts";
import type { Summary } from "./trace/summary/schema.ts";
import { toSessionTraceId } from "./trace/summary/session-summary.ts";
import { parseSelector, USAGE, type Selector } from "./audit/audit-argument.ts";
import { AuditError } from "./audit-error.ts";
import { DEADLINES, withinHalf } from "./deadlines.ts";
import { createLangfuseSource } from "./sources/langfuse/source.ts";
import { SourceFailure, type Source } from "./sources/port.ts";
import { readOwnProject } from "./sources/select/own-project.ts";
import { select } from "./sources/select/select.ts";
import { EVERY_PROJECT } from "./sources/select/this-project.ts";
import type { Progress, Selection } from "./sources/selected-traces.ts";
import { createTranscriptSource } from "./sources/transcripts/source.ts";

/** Reads traces and remembers their summaries for as long as the process lives. */
export type Auditor = {
  /** Where the traces come from, for the answer; without credentials. */
  readonly place: () => string;
  /** Throws AuditErrors only, but for errors of our own. */
  readonly audit: (selector: Selector, signal: AbortSignal, progress: Progress) => Promise<Selection>;
  /** The summary that `audit` gave for this id, or null. */
  readonly recall: (traceId: string) => Summary | null;
  /** The summary that `audit` gave for this one, or a newly computed one. */
  readonly summaryOf: (selector: Named, signal: AbortSignal) => Promise<Summary>;
};

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

  const audit: Auditor["audit"] = async (selector, signal, progress) => {
    const source = open();
    const deadline = AbortSignal.timeout(deadlines[selector.kind]);
    const ended = new AbortController();
    if (selector.kind === "id" || selector.kind === "session") checkOrigin(selector, source);
    try {
      const call = {
        source: withinHalf(source, deadlines[selector.kind]),
        // Transcripts are this project's already.
        project: source.origin === null ? EVERY_PROJECT : await readOwnProject(env),
        outcomeScore: parseOutcomeScore(env),
        signal: AbortSignal.any([signal, deadline, ended.signal]),
        now: clock.now(),
        random: clock.random,
        progress,
      };
      const selection = await select(call, selector);
      selection.summaries.forEach(remember);
      return selection;
    } catch (error) {
      if (!(error instanceof SourceFailure)) throw error;
      throw new AuditError(error.describe(selector.kind === "id" ? selector.traceId : null), { cause: error });
    } finally {
      // What one failure left waiting is not sent any more.
      ended.abort();
    }
  };

  return {
    place: () => open().place,
    audit,
    recall: (traceId) => remembered.get(traceId) ?? null,
    summaryOf: async (selector, signal) => {
      const traceId = selector.kind === "id" ? selector.traceId : toSessionTraceId(selector.sessionId);
      const known = remembered.get(traceId);
      if (known !== undefined) return known;
      const { summaries } = await audit({ ...selector, origin: null }, signal, () => {});
      const [summary] = summaries;
      if (summary === undefined) throw new Error(`no summary was computed for ${traceId}`);
      return summary;
    },
  };
}

/** The Langfuse project whose keys are set; without keys, the transcripts of the project on this machine. */
function openSource(env: Environment, { now }: Clock): Source {
  const config = parseConfig(env);
  return config === null ? createTranscriptSource(env, now) : createLangfuseSource(config);
}

/** A pasted URL of another host would be looked up in the wrong place and not be found. */
function checkOrigin({ origin }: { readonly origin: string | null }, source: Source): void {
  if (origin === null) return;
  const given = new URL(origin).origin;
  if (given === source.origin) return;
  throw new AuditError(
    source.origin === null
      ? `The URL belongs to ${given}, but no Langfuse keys are set, so that traces are read from local transcripts. ${HOW_TO_SET_KEYS}`
      : `The URL belongs to ${given}, but traces are read from ${source.origin}. LANGFUSE_BASE_URL names another host than the one the trace is on. Set LANGFUSE_BASE_URL and the keys to the trace's host, or give a trace of the configured one.`,
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
