import type { Summary } from "../trace/summary/schema.ts";
import type { EarlierTurns } from "../trace/run/earlier-turns.ts";
import type { LangfuseFailure } from "./langfuse/failure.ts";
import type { Listing, Window } from "./langfuse/listing.ts";
import type { Api, ReadTrace } from "./langfuse/reader.ts";
import type { SessionQuery } from "./langfuse/earlier-turns.ts";

/** What a selector is resolved with: a source of traces, the clock and chance are handed in. */
export type Source = {
  readonly read: (traceId: string, signal: AbortSignal) => Promise<ReadTrace>;
  /** The earlier turns of a trace's session. */
  readonly readSession: (query: SessionQuery, signal: AbortSignal) => Promise<EarlierTurns>;
  readonly listNewest: (window: Window, signal: AbortSignal) => Promise<Listing>;
  readonly listAll: (window: Window, signal: AbortSignal) => Promise<Listing>;
  /** Words for a failure, of one trace or (null) of a list. */
  readonly describe: (failure: LangfuseFailure, traceId: string | null) => string;
  /** What to do when no trace qualifies; by default words for a Langfuse project. */
  readonly advice?: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** At least 0, less than 1. */
  readonly random: () => number;
};

export type Skipped = { readonly trace_id: string; readonly reason: string };
export type Selection = {
  readonly api: Api;
  readonly window: Window | null;
  /** Candidates in the window that was drawn from, before completion was checked; null for an id. */
  readonly population: number | null;
  /** The window holds more traces than could be listed; the population is the newest of them. */
  readonly isCut: boolean;
  /** A sample that ended before it was whole: its time was up, or the server refused to go on. */
  readonly isBrokenOff?: boolean;
  readonly summaries: readonly Summary[];
  readonly skipped: readonly Skipped[];
};

/** Hears how far a call is, in traces. */
export type Report = (done: number, total: number) => void;
