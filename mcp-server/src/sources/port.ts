import type { Candidate } from "../trace/exporters/listed-traces.ts";
import type { Score, Subject } from "../trace/rows/score.ts";
import type { EarlierTurns } from "../trace/run/earlier-turns.ts";
import type { SessionTrace } from "../trace/summary/session-traces.ts";
import type { Assessed } from "../trace/summary/summary.ts";
import type { Warning } from "../trace/values/warnings.ts";

/** A stretch of time, ISO 8601; traces that start in it. */
export type Window = { readonly from: string; readonly to: string };

/** The start of a window of all time: before Langfuse was, whose servers may refuse a list without a start. */
export const BEGINNING = "2020-01-01T00:00:00.000Z";

/** Where a trace was read from: one of Langfuse's two APIs, or a file of Claude Code on this machine. */
export type Api = "v2/observations" | "legacy" | "transcript";
export type ReadTrace = Assessed & {
  readonly api: Api;
  /** Its scores where they came along; null where they have to be asked for. */
  readonly scores: readonly Score[] | null;
};

/**
 * The traces of a window. `isCut`: it may hold more than these, all of them older. `passedOver`: what was left out without
 * being read, by its id, and why.
 */
export type Listing = {
  readonly api: Api;
  readonly candidates: readonly Candidate[];
  readonly isCut: boolean;
  readonly passedOver?: ReadonlyMap<string, string>;
};

/** Which trace's session is wanted, and before when (milliseconds since 1970). */
export type EarlierTurnsQuery = {
  readonly api: Api;
  readonly traceId: string;
  readonly session: { readonly id: string; readonly startedAt: number };
};

/** The traces of a session as its summary needs them, in any order. */
export type ReadSession = {
  readonly api: Api;
  readonly traces: readonly SessionTrace[];
  /** The trace of a turn that is known to run; null when none is. */
  readonly runningId: string | null;
  /** What is odd about the reading. */
  readonly warnings: readonly Warning[];
};

/** A project of the source: its id as URLs have it, and its name as one visible line. */
export type OpenedProject = { readonly id: string; readonly name: string };

/** A source of traces. What keeps it from answering is thrown as a SourceFailure. */
export type Source = {
  /** Where its traces come from, as an answer names it; without credentials. */
  readonly place: string;
  /** The origin of its traces' URLs; null when they have none. */
  readonly origin: string | null;
  /** What to do when none of its traces qualifies. */
  readonly advice: string;
  /** The project that its traces are of, as the source names it; null where nothing tells. Throws nothing. */
  readonly openedProject: (signal: AbortSignal) => Promise<OpenedProject | null>;
  readonly read: (traceId: string, signal: AbortSignal) => Promise<ReadTrace>;
  /** The session that an id names whole or by its beginning, so that it stands for no trace; null when it names none. */
  readonly sessionOf: (id: string, signal: AbortSignal) => Promise<string | null>;
  /** All traces of a session, each read once; a failure of it tells of the session and not of a trace. */
  readonly readSession: (sessionId: string, signal: AbortSignal) => Promise<ReadSession>;
  readonly readEarlierTurns: (query: EarlierTurnsQuery, signal: AbortSignal) => Promise<EarlierTurns>;
  /** Its scores, or null when they could not be read. Throws nothing that the source can tell of. */
  readonly readScores: (subject: Subject, signal: AbortSignal) => Promise<readonly Score[] | null>;
  /** Enough of a window to find the trace that ended last in it. */
  readonly listNewest: (window: Window, signal: AbortSignal) => Promise<Listing>;
  /** The traces of at least the newest so many sessions of a window. */
  readonly listSessions: (window: Window, sessions: number, signal: AbortSignal) => Promise<Listing>;
  readonly listAll: (window: Window, signal: AbortSignal) => Promise<Listing>;
};

/** Why a source gave no answer, and what to tell whoever asked. */
export class SourceFailure extends Error {
  override readonly name = "SourceFailure";
  /** A failure of one trace leaves the others; what fails the source (keys, the host, no time left) fails every read. */
  readonly concerns: "trace" | "source";
  /** What failed, the likely cause and what to do, in that order; of one trace or, for null, of the list. */
  readonly describe: (traceId: string | null) => string;

  constructor(concerns: "trace" | "source", describe: (traceId: string | null) => string, cause?: unknown) {
    super(describe(null), { cause });
    this.concerns = concerns;
    this.describe = describe;
  }
}
