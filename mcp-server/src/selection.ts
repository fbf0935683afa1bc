import type { Candidate } from "./core/candidates.ts";
import type { Summary } from "./core/schema.ts";
import type { Selector } from "./core/selector.ts";
import { AuditError } from "./errors.ts";
import { LangfuseFailure } from "./langfuse/failure.ts";
import type { Listing, Window } from "./langfuse/listing.ts";
import type { Api, ReadTrace } from "./langfuse/reader.ts";

/** What a selector is resolved with: a source of traces, the clock and chance are handed in. */
export type Source = {
  readonly read: (traceId: string, signal: AbortSignal) => Promise<ReadTrace>;
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
  readonly summaries: readonly Summary[];
  readonly skipped: readonly Skipped[];
};

/** Hears how far a call is, in traces. */
export type Report = (done: number, total: number) => void;

const DAY = 86_400_000;
/** `last` looks back this many days, then further, then everywhere. */
const LOOK_BACK = [1, 7, 30, null] as const;
const SAMPLE_DAYS = 30;
/** A trace that changed less than this ago may still be growing: exporters write their rows one after the other. */
const QUIET_MS = 60_000;
const CONCURRENCY = 4;
const MAX_READ_PER_WINDOW = 40;
const BEGINNING = "2020-01-01T00:00:00.000Z";

/** Resolves a selector to summaries. Throws an AuditError or a LangfuseFailure when there is nothing to give. */
export async function select(
  source: Source,
  selector: Selector,
  signal: AbortSignal,
  report: Report,
): Promise<Selection> {
  switch (selector.kind) {
    case "id": {
      const { api, summary } = await source.read(selector.traceId, signal);
      return { api, window: null, population: null, isCut: false, summaries: [summary], skipped: [] };
    }
    case "last":
      return selectLast(source, signal);
    case "sample":
      return selectSample(source, selector.size, signal, report);
  }
}

function windowOf(now: number, days: number | null): Window {
  return {
    from: days === null ? BEGINNING : new Date(now - days * DAY).toISOString(),
    to: new Date(now).toISOString(),
  };
}

async function selectLast(source: Source, signal: AbortSignal): Promise<Selection> {
  const now = source.now();
  const skipped = new Map<string, string>();
  let seen: readonly Candidate[] = [];
  let window = windowOf(now, null);
  for (const days of LOOK_BACK) {
    window = windowOf(now, days);
    const newest = await source.listNewest(window, signal);
    // Behind the newest traces of a busy project, those of other applications, there may be one.
    for (const list of [() => newest, () => (newest.isCut ? source.listAll(window, signal) : null)]) {
      const listing = await list();
      if (listing === null) break;
      seen = listing.candidates;
      const fresh = seen.filter(({ traceId }) => !skipped.has(traceId));
      const found = await readNewest(source, fresh, now, signal, skipped);
      if (found !== null)
        return {
          api: found.api,
          window,
          population: seen.filter(isWanted).length,
          isCut: listing.isCut,
          summaries: [found.summary],
          skipped: toSkipped(skipped),
        };
    }
    if (days === null && newest.api === "legacy" && newest.candidates.length === 0) break;
  }
  throw new AuditError(
    nothingFound(source, seen, skipped, "No completed Claude Code trace with a human's request was found"),
  );
}

function isWanted({ isClaudeCode, name }: Candidate): boolean {
  return isClaudeCode && !(name?.startsWith("subagent:") ?? false);
}

function reasonNotToRead({ isClaudeCode }: Candidate): string {
  return isClaudeCode ? "a subagent's own trace" : "not a Claude Code trace";
}

/** Reads candidates, the latest end first, until no unread one can have ended later than the best that qualifies. */
async function readNewest(
  source: Source,
  candidates: readonly Candidate[],
  now: number,
  signal: AbortSignal,
  skipped: Map<string, string>,
): Promise<ReadTrace | null> {
  let best: { readonly trace: ReadTrace; readonly end: number } | null = null;
  const queue = candidates.filter((candidate) => {
    if (isWanted(candidate)) return true;
    skipped.set(candidate.traceId, reasonNotToRead(candidate));
    return false;
  });
  const limit = Math.min(queue.length, MAX_READ_PER_WINDOW);
  for (let at = 0; at < limit;) {
    // One at first, which is the common case; when it does not qualify, several at once.
    const size = at === 0 ? 1 : CONCURRENCY;
    const bound: number = best === null ? -Infinity : best.end;
    const batch = queue.slice(at, Math.min(at + size, limit)).filter(({ end }) => end >= bound);
    at += size;
    if (batch.length === 0) break;
    const read = await Promise.all(batch.map(({ traceId }) => readOne(source, traceId, signal)));
    for (const [index, result] of read.entries()) {
      const traceId = batch[index]?.traceId ?? "";
      const reason = typeof result === "string" ? result : reasonToSkip(result, now);
      if (reason !== null || typeof result === "string") {
        skipped.set(traceId, reason ?? "");
        continue;
      }
      const end = result.endedAt ?? 0;
      if (best === null || end > best.end || (end === best.end && traceId < best.trace.summary.trace_id))
        best = { trace: result, end };
    }
  }
  return best?.trace ?? null;
}

/** A trace, or why it could not be read when that concerns it alone. */
async function readOne(source: Source, traceId: string, signal: AbortSignal): Promise<ReadTrace | string> {
  try {
    return await source.read(traceId, signal);
  } catch (error) {
    if (!(error instanceof LangfuseFailure) || !CONCERNS_ONE.has(error.kind)) throw error;
    return source.describe(error, traceId);
  }
}

const CONCERNS_ONE: ReadonlySet<string> = new Set([
  "not_found",
  "too_large",
  "too_slow",
  "bad_request",
  "server_error",
  "not_json",
  "broken_off",
  "stalled",
]);

/** Why a trace does not qualify for `last` and `sample:N`, or null. */
function reasonToSkip({ isHuman, incompleteReason, endedAt, api }: ReadTrace, now: number): string | null {
  if (!isHuman) return "no human goal: started by a notification, an interruption or the system";
  if (incompleteReason !== null) return incompleteReason;
  // A transcript says itself whether its last turn is over.
  const age = endedAt === null || api === "transcript" ? null : now - endedAt;
  // A clock that is far ahead says nothing about rest.
  if (age !== null && Math.abs(age) < QUIET_MS)
    return "not completed: it changed less than a minute ago and may still grow";
  return null;
}

async function selectSample(source: Source, size: number, signal: AbortSignal, report: Report): Promise<Selection> {
  const now = source.now();
  const window = windowOf(now, SAMPLE_DAYS);
  const listing = await source.listAll(window, signal);
  const population = listing.candidates.filter(isWanted);
  // Sorted first, so that the draw depends on chance alone and not on how the pages came.
  const drawn = shuffle(population.map(({ traceId }) => traceId).toSorted(), source.random);
  const summaries: Summary[] = [];
  const skipped = new Map<string, string>();
  let api = listing.api;
  let firstFailure: unknown = null;
  for (let at = 0; at < drawn.length && summaries.length < size;) {
    const batch = drawn.slice(at, at + Math.min(CONCURRENCY, size - summaries.length));
    at += batch.length;
    const read = await Promise.allSettled(batch.map((traceId) => readOne(source, traceId, signal)));
    for (const [index, result] of read.entries()) {
      const traceId = batch[index] ?? "";
      if (result.status === "rejected") {
        firstFailure ??= result.reason;
        if (!(result.reason instanceof LangfuseFailure)) throw result.reason;
        skipped.set(traceId, source.describe(result.reason, traceId));
      } else if (typeof result.value === "string") skipped.set(traceId, result.value);
      else {
        const reason = reasonToSkip(result.value, now);
        if (reason !== null) skipped.set(traceId, reason);
        else {
          summaries.push(result.value.summary);
          api = result.value.api;
        }
      }
    }
    report(summaries.length, size);
    // What stops one read stops them all: keys, the host, or the time that is up.
    if (firstFailure !== null) break;
  }
  if (summaries.length === 0) {
    if (firstFailure !== null) throw firstFailure;
    const days = `No completed Claude Code trace with a human's request was found in the last ${SAMPLE_DAYS} days`;
    throw new AuditError(nothingFound(source, listing.candidates, skipped, days));
  }
  return { api, window, population: population.length, isCut: listing.isCut, summaries, skipped: toSkipped(skipped) };
}

/** A random order, each equally likely (Fisher and Yates). */
function shuffle<T>(items: readonly T[], random: () => number): T[] {
  const shuffled = [...items];
  for (let at = shuffled.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    const [left, right] = [shuffled[at], shuffled[other]];
    if (left === undefined || right === undefined) continue;
    shuffled[at] = right;
    shuffled[other] = left;
  }
  return shuffled;
}

const MAX_SKIPPED = 20;

function toSkipped(skipped: ReadonlyMap<string, string>): readonly Skipped[] {
  const all = [...skipped].map(([trace_id, reason]) => ({ trace_id, reason }));
  // What looked like a candidate first: that is what a user may miss.
  const listed = all
    .toSorted((left, right) => Number(left.reason === NOT_OURS) - Number(right.reason === NOT_OURS))
    .slice(0, MAX_SKIPPED);
  const rest = all.length - listed.length;
  return rest > 0 ? [...listed, { trace_id: "…", reason: `${rest} more traces were passed over` }] : listed;
}

const NOT_OURS = "not a Claude Code trace";
const ADVICE =
  "Check that the keys belong to the project that Claude Code sends its traces to, or name a trace by its id.";

function nothingFound(
  { advice = ADVICE }: Source,
  seen: readonly Candidate[],
  skipped: ReadonlyMap<string, string>,
  what: string,
): string {
  const others = seen.filter(({ isClaudeCode }) => !isClaudeCode);
  const names = [...new Set(others.map(({ name }) => name ?? "unnamed"))]
    .slice(0, 5)
    .map((name) => JSON.stringify(name.slice(0, 40)));
  const reasons = [...skipped.values()].filter((reason) => reason !== NOT_OURS);
  const saw =
    seen.length === 0
      ? "The project holds no traces in that time"
      : `${seen.length} traces were seen, ${others.length} of them of other applications${names.length > 0 ? ` (${names.join(", ")})` : ""}${reasons.length > 0 ? `; the newest of the rest: ${(reasons[0] ?? "").replace(/\. .*$/su, "")}` : ""}`;
  return `${what}. ${saw}. ${advice}`;
}
