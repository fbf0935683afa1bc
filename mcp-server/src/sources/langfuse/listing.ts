import { fromObservations, fromTraces, mergeCandidates, type Candidate } from "../../trace/exporters/candidates.ts";
import { TURN_NAMES } from "../../trace/exporters/recognise.ts";
import { LangfuseFailure } from "./failure.ts";
import { LEGACY_CLOSED, V2_CLOSED, type Api, type Routes } from "./reader.ts";
import type { Page, Query, Requests } from "./requests.ts";

/** A stretch of time, ISO; traces that start in it. */
export type Window = { readonly from: string; readonly to: string };
/** `isCut`: the window may hold more traces than these, all of them older. */
export type Listing = { readonly api: Api; readonly candidates: readonly Candidate[]; readonly isCut: boolean };
type Found = Pick<Listing, "candidates" | "isCut">;

/** Before Langfuse was; servers may refuse a list without a start. */
export const BEGINNING = "2020-01-01T00:00:00.000Z";

const V2_FIELDS = "core,basic,trace_context";
const LEGACY_FIELDS = "core,metrics";
const MAX_PAGES = 100;
/** Data of older SDKs reaches `v2/observations` some 15 minutes after a turn's end; a turn can have started long before. */
const LATE_MS = 86_400_000;

/**
 * The ways to find traces on `v2/observations`. Roots alone do not do: a turn below a parent that was never sent has no
 * root, so rows are asked for that stand for a whole turn wherever they hang (docs/decisions/finding-traces.md).
 */
const TURN_QUERIES: readonly Query[] = [
  { isRootObservation: true },
  { filter: condition("stringOptions", "any of", TURN_NAMES.exact) },
  ...TURN_NAMES.prefixes.map((prefix) => ({ filter: condition("string", "starts with", prefix) })),
];

/** The turn's row of Langfuse's plugin, which hangs below a parent that is never sent. */
const ROOTLESS_TURN = "Conversational Turn";

const FILTER_REFUSED: ReadonlySet<string> = new Set(["bad_request", "too_slow"]);

function condition(type: string, operator: string, value: unknown): string {
  return JSON.stringify([{ type, column: "name", operator, value }]);
}

/**
 * The newest traces of a window, by every route that may know some: in one round, because a server that is migrating has
 * the newest traces of older SDKs only in the legacy API. Throws a LangfuseFailure when no route answered.
 */
export async function listNewest(
  requests: Requests,
  routes: Routes,
  window: Window,
  signal: AbortSignal,
): Promise<Listing> {
  const v2 = routes.v2 === "closed" ? [] : [...TURN_QUERIES.map((query) => ({ ...query, limit: 100 })), { limit: 200 }];
  const [v2Answers, legacyAnswer] = await Promise.all([
    Promise.all(v2.map((query) => settle(listV2Page(requests, query, window, null, signal)))),
    routes.legacy === "closed" ? null : settle(listLegacyPage(requests, 1, 50, window, signal)),
  ]);
  const legacyFailure = legacyAnswer?.failure ?? null;
  const v2Failure = v2Answers.find(({ failure }) => failure !== null)?.failure ?? null;
  const isV2Closed = v2Failure !== null && V2_CLOSED.has(v2Failure.kind);
  const isLegacyClosed = legacyFailure !== null && LEGACY_CLOSED.has(legacyFailure.kind);
  if (v2Failure !== null && (!isV2Closed || legacyAnswer === null || isLegacyClosed)) throw v2Failure;
  // A closed API is learned only from the other one's answer: both may be missing at a wrong address.
  if (legacyFailure !== null && (v2.length === 0 || isV2Closed || !isLegacyClosed)) throw legacyFailure;
  if (isV2Closed) routes.v2 = "closed";
  else if (v2.length > 0) routes.v2 = "open";
  if (isLegacyClosed) routes.legacy = "closed";
  const fromV2 = v2Answers.flatMap(({ value }) => fromObservations(value?.rows ?? []));
  const fromLegacy = fromTraces(legacyAnswer?.value?.rows ?? []);
  return {
    api: fromV2.length > 0 || fromLegacy.length === 0 ? apiOf(routes) : "legacy",
    candidates: mergeCandidates([...fromV2, ...fromLegacy]),
    isCut: v2Answers.some(({ value }) => value?.cursor != null) || (legacyAnswer?.value?.totalPages ?? 0) > 1,
  };
}

function apiOf({ v2 }: Routes): Api {
  return v2 === "closed" ? "legacy" : "v2/observations";
}

/** All traces of a window, as far as MAX_PAGES reach. Throws a LangfuseFailure when no route answered. */
export async function listAll(
  requests: Requests,
  routes: Routes,
  window: Window,
  signal: AbortSignal,
): Promise<Listing> {
  if (routes.v2 !== "closed") {
    try {
      const found = await Promise.all(TURN_QUERIES.map((query) => listV2(requests, query, window, signal)));
      routes.v2 = "open";
      // A 4.x server in legacy write mode answers, and has nothing.
      if (found.some(({ candidates }) => candidates.length > 0) || routes.legacy === "closed") {
        const all = [...found, await listLate(requests, routes, window, signal)];
        const candidates = mergeCandidates(all.flatMap((one) => one.candidates));
        return { api: "v2/observations", candidates, isCut: all.some(({ isCut }) => isCut) };
      }
    } catch (error) {
      if (!(error instanceof LangfuseFailure) || !V2_CLOSED.has(error.kind) || routes.legacy === "closed") throw error;
      const found = await listLegacy(requests, window, signal).catch((legacy: unknown) => {
        throw legacy instanceof LangfuseFailure && legacy.kind === "events_only" ? error : legacy;
      });
      routes.v2 = "closed";
      return { api: "legacy", ...found };
    }
  }
  try {
    return { api: "legacy", ...(await listLegacy(requests, window, signal)) };
  } catch (error) {
    if (!(error instanceof LangfuseFailure) || !LEGACY_CLOSED.has(error.kind) || routes.v2 === "closed") throw error;
    routes.legacy = "closed";
    return { api: "v2/observations", candidates: [], isCut: false };
  }
}

async function listV2(requests: Requests, query: Query, window: Window, signal: AbortSignal): Promise<Found> {
  const candidates: Candidate[] = [];
  const seen = new Set<string>();
  let cursor: string | null = null;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const answer = await listV2Page(requests, { ...query, limit: 1000 }, window, cursor, signal);
    candidates.push(...fromObservations(answer.rows));
    if (answer.cursor === null || seen.has(answer.cursor)) return { candidates, isCut: false };
    cursor = answer.cursor;
    seen.add(cursor);
  }
  return { candidates, isCut: true };
}

/** What a migrating server has only in its legacy API so far. */
async function listLate(requests: Requests, routes: Routes, window: Window, signal: AbortSignal): Promise<Found> {
  const from = new Date(Math.max(Date.parse(window.from), Date.parse(window.to) - LATE_MS)).toISOString();
  try {
    if (routes.legacy !== "closed") return await listLegacy(requests, { ...window, from }, signal);
  } catch (error) {
    if (!(error instanceof LangfuseFailure) || !LEGACY_CLOSED.has(error.kind)) throw error;
    routes.legacy = "closed";
  }
  return { candidates: [], isCut: false };
}

async function listLegacy(requests: Requests, window: Window, signal: AbortSignal): Promise<Found> {
  const first = await listLegacyPage(requests, 1, 100, window, signal);
  const pages = Array.from({ length: Math.min(first.totalPages, MAX_PAGES) - 1 }, (_unused, at) => at + 2);
  const rest = await Promise.all(pages.map((page) => listLegacyPage(requests, page, 100, window, signal)));
  const candidates = mergeCandidates([first, ...rest].flatMap(({ rows }) => fromTraces(rows)));
  return { candidates, isCut: first.totalPages > MAX_PAGES };
}

async function listV2Page(
  requests: Requests,
  { filter, ...query }: Query,
  window: Window,
  cursor: string | null,
  signal: AbortSignal,
): Promise<Page> {
  const range = { fromStartTime: window.from, toStartTime: window.to, fields: V2_FIELDS };
  const ask = { ...range, ...query, ...(cursor === null ? {} : { cursor }) };
  if (filter === undefined) return requests.observations(ask, signal);
  try {
    return await requests.observations({ ...ask, filter }, signal);
  } catch (error) {
    if (!(error instanceof LangfuseFailure) || !FILTER_REFUSED.has(error.kind)) throw error;
    // A server that knows no such filter, or is too slow with it, is asked for the one name that no root stands beside.
    return requests.observations({ ...ask, name: ROOTLESS_TURN }, signal);
  }
}

function listLegacyPage(requests: Requests, page: number, limit: number, window: Window, signal: AbortSignal) {
  const range = { fromTimestamp: window.from, toTimestamp: window.to };
  return requests.traces({ ...range, page, limit, orderBy: "timestamp.desc", fields: LEGACY_FIELDS }, signal);
}

type Settled<T> = { readonly value: T | null; readonly failure: LangfuseFailure | null };

async function settle<T>(promise: Promise<T>): Promise<Settled<T>> {
  try {
    return { value: await promise, failure: null };
  } catch (error) {
    if (!(error instanceof LangfuseFailure)) throw error;
    return { value: null, failure: error };
  }
}
