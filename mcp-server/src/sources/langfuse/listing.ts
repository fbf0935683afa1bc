import { fromObservations, fromTraces, mergeCandidates, type Candidate } from "../../trace/exporters/listed-traces.ts";
import { TURN_NAMES } from "../../trace/exporters/recognise.ts";
import type { Api, Listing, Window } from "../port.ts";
import { isFailure, type FailureKind, type LangfuseFailure } from "./failure.ts";
import { PAGE, readNumberedPages, readPages } from "./pages.ts";
import type { Page, Query, Requests } from "./requests.ts";
import { LEGACY_CLOSED, V2_CLOSED, type Routes } from "./routes.ts";

type Found = Pick<Listing, "candidates" | "isCut">;

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

const FILTER_REFUSED: readonly FailureKind[] = ["bad_request", "too_slow"];

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
    Promise.all(v2.map((query) => settle(listV2Page(requests, query, window, signal), V2_CLOSED))),
    routes.legacy === "closed" ? null : settle(listLegacyPage(requests, 1, 50, window, signal), LEGACY_CLOSED),
  ]);
  const legacyFailure = legacyAnswer?.failure ?? null;
  const v2Failure = v2Answers.find(({ failure }) => failure !== null)?.failure ?? null;
  // A closed API is learned only from the other one's answer: both may be missing at a wrong address.
  if (v2Failure !== null && (legacyAnswer === null || legacyFailure !== null)) throw v2Failure;
  if (legacyFailure !== null && v2.length === 0) throw legacyFailure;
  if (v2Failure !== null) routes.v2 = "closed";
  else if (v2.length > 0) routes.v2 = "open";
  if (legacyFailure !== null) routes.legacy = "closed";
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
      if (!isFailure(error, V2_CLOSED) || routes.legacy === "closed") throw error;
      const found = await listLegacy(requests, window, signal).catch((legacy: unknown) => {
        throw isFailure(legacy, ["events_only"]) ? error : legacy;
      });
      routes.v2 = "closed";
      return { api: "legacy", ...found };
    }
  }
  const found = await listLegacyIfOpen(requests, routes, window, signal);
  return found === null ? { api: "v2/observations", ...NONE } : { api: "legacy", ...found };
}

const NONE: Found = { candidates: [], isCut: false };

async function listV2(requests: Requests, query: Query, window: Window, signal: AbortSignal): Promise<Found> {
  const candidates: Candidate[] = [];
  const ending = await readPages(
    (place) => listV2Page(requests, { ...query, ...place }, window, signal),
    { limits: [PAGE], maxPages: MAX_PAGES },
    (rows) => {
      candidates.push(...fromObservations(rows));
      return true;
    },
  );
  return { candidates, isCut: ending === "too_many_pages" };
}

/** What a migrating server has only in its legacy API so far. */
async function listLate(requests: Requests, routes: Routes, window: Window, signal: AbortSignal): Promise<Found> {
  if (routes.legacy === "closed") return NONE;
  const from = new Date(Math.max(Date.parse(window.from), Date.parse(window.to) - LATE_MS)).toISOString();
  return (await listLegacyIfOpen(requests, routes, { ...window, from }, signal)) ?? NONE;
}

/** Null when there is no such API beside v2, which is remembered. */
async function listLegacyIfOpen(
  requests: Requests,
  routes: Routes,
  window: Window,
  signal: AbortSignal,
): Promise<Found | null> {
  try {
    return await listLegacy(requests, window, signal);
  } catch (error) {
    if (!isFailure(error, LEGACY_CLOSED) || routes.v2 === "closed") throw error;
    routes.legacy = "closed";
    return null;
  }
}

async function listLegacy(requests: Requests, window: Window, signal: AbortSignal): Promise<Found> {
  const candidates: Candidate[] = [];
  const { ending } = await readNumberedPages(
    (page) => listLegacyPage(requests, page, 100, window, signal),
    { atOnce: MAX_PAGES, maxPages: MAX_PAGES },
    (rows) => candidates.push(...fromTraces(rows)),
  );
  return { candidates: mergeCandidates(candidates), isCut: ending !== null };
}

async function listV2Page(
  requests: Requests,
  { filter, ...query }: Query,
  window: Window,
  signal: AbortSignal,
): Promise<Page> {
  const ask = { fromStartTime: window.from, toStartTime: window.to, fields: V2_FIELDS, ...query };
  if (filter === undefined) return requests.observations(ask, signal);
  try {
    return await requests.observations({ ...ask, filter }, signal);
  } catch (error) {
    if (!isFailure(error, FILTER_REFUSED)) throw error;
    // A server that knows no such filter, or is too slow with it, is asked for the one name that no root stands beside.
    return requests.observations({ ...ask, name: ROOTLESS_TURN }, signal);
  }
}

function listLegacyPage(requests: Requests, page: number, limit: number, window: Window, signal: AbortSignal) {
  const range = { fromTimestamp: window.from, toTimestamp: window.to };
  return requests.traces({ ...range, page, limit, orderBy: "timestamp.desc", fields: LEGACY_FIELDS }, signal);
}

type Settled<T> = { readonly value: T | null; readonly failure: LangfuseFailure | null };

/** A failure that means "ask the other API" as a value. Any other is thrown at once, and nobody waits for the rest. */
async function settle<T>(promise: Promise<T>, closed: readonly FailureKind[]): Promise<Settled<T>> {
  try {
    return { value: await promise, failure: null };
  } catch (error) {
    if (!isFailure(error, closed)) throw error;
    return { value: null, failure: error };
  }
}
