import { isRecord, own, text } from "../../trace/values/json.ts";
import { createTraceReducer, type TraceFacts, type TraceReducer } from "../../trace/rows/reducer.ts";
import { idOf, toSessionTrace, type SessionTrace } from "../../trace/summary/session-traces.ts";
import { assess } from "../../trace/summary/summary.ts";
import { createWarnings, type Warnings } from "../../trace/values/warnings.ts";
import { BEGINNING, type ReadSession } from "../port.ts";
import { concernsOne } from "./error-texts.ts";
import { isFailure, LangfuseFailure } from "./failure.ts";
import { createRelief } from "./heap-relief.ts";
import { PAGE, readNumberedPages, readPages, SMALL_PAGE } from "./pages.ts";
import { FIELDS, isBatchRoot, readLegacy, readTrace } from "./reader.ts";
import type { Requests } from "./requests.ts";
import { LEGACY_CLOSED, V2_CLOSED, type Routes } from "./routes.ts";

/** Two hundred thousand rows: weeks of work in one session. */
const MAX_PAGES = 200;
/** One request each on the legacy API. */
const MAX_TRACES = 200;
const LISTED = 100;

type Place = { readonly requests: Requests; readonly routes: Routes; readonly signal: AbortSignal };

/**
 * Reads all traces of a session: its rows in one pass over the pages of `v2/observations`, and those traces that only the
 * legacy API has (so far), one request each. Throws LangfuseFailures; `not_found` when neither knows the session.
 */
export async function readSession(
  requests: Requests,
  routes: Routes,
  sessionId: string,
  signal: AbortSignal,
): Promise<ReadSession> {
  const place: Place = { requests, routes, signal };
  const warnings = createWarnings();
  const { traces, batched, failure } = await readRows(place, sessionId, warnings);
  const { rowsOf, more } = await listLegacy(place, sessionId, { failure, areRowsCounted: batched.size > 0 });
  const isShort = (id: string): boolean => (rowsOf.get(id) ?? 0) > (batched.get(id) ?? Infinity);
  const known = new Set(traces.map(idOf).filter((id) => !isShort(id)));
  // What v2 has read is not missing, however few the legacy API lists.
  if (traces.length === 0) warnings.add("more_turns", more);
  const fromTraces = await readEach(
    [...rowsOf.keys()].filter((id) => !known.has(id)),
    async (id) => toSessionTrace(await readLegacy(requests, id, signal)),
    warnings,
  );
  const whole = new Set(fromTraces.map(idOf));
  const fromRows = traces.filter((trace) => !whole.has(idOf(trace)));
  const all = [...fromRows, ...fromTraces];
  if (all.length === 0) throw new LangfuseFailure("not_found");
  const api = fromRows.length > 0 ? "v2/observations" : "legacy";
  return { api, traces: all, runningId: null, warnings: warnings.list() };
}

type FromRows = {
  readonly traces: readonly SessionTrace[];
  /** How many rows there are so far of the traces that a batch job copies (`isBatchRoot`), by their ids. */
  readonly batched: ReadonlyMap<string, number>;
  readonly failure: LangfuseFailure | null;
};

async function readRows(place: Place, sessionId: string, warnings: Warnings): Promise<FromRows> {
  const { requests, routes, signal } = place;
  if (routes.v2 === "closed") return { traces: [], batched: new Map(), failure: null };
  try {
    const { reducers, batchedIds } = await readPagesOf(place, sessionId, warnings);
    const batched = new Map([...batchedIds].map((id) => [id, reducers.get(id)?.rowCount() ?? 0]));
    if (reducers.size > 0) routes.v2 = "open";
    const traces: SessionTrace[] = [];
    const partial = new Map<string, SessionTrace>();
    const relieve = createRelief();
    for (const [id, reducer] of reducers) {
      reducers.delete(id);
      const facts = reducer.finish();
      const trace = toSessionTrace(assess(facts));
      if (isRootAlone(facts)) partial.set(id, trace);
      else traces.push(trace);
      relieve();
    }
    // Exporters may name the session in the turn's own row only.
    const whole = await readEach(
      [...partial.keys()],
      async (id) => toSessionTrace(await readTrace(requests, routes, id, signal)),
      warnings,
    );
    for (const trace of whole) partial.set(idOf(trace), trace);
    return { traces: [...traces, ...partial.values()], batched, failure: null };
  } catch (error) {
    if (!isFailure(error, V2_CLOSED) || routes.legacy === "closed") throw error;
    return { traces: [], batched: new Map(), failure: error };
  }
}

/** The rows of a session by trace. Where their end was not reached, a warning says so and the oldest trace, a part, goes. */
async function readPagesOf(
  { requests, signal }: Place,
  sessionId: string,
  warnings: Warnings,
): Promise<{ readonly reducers: Map<string, TraceReducer>; readonly batchedIds: ReadonlySet<string> }> {
  const reducers = new Map<string, TraceReducer>();
  const batchedIds = new Set<string>();
  let oldest = "";
  const ending = await readPages(
    (page) => requests.observations({ sessionId, fromStartTime: BEGINNING, fields: FIELDS, ...page }, signal),
    { limits: [PAGE, SMALL_PAGE], maxPages: MAX_PAGES },
    (rows) => {
      let isNew = false;
      for (const row of rows) {
        // A server that does not know the parameter answers with everybody's rows.
        const id = isRecord(row) && own(row, "sessionId") === sessionId ? text(own(row, "traceId")) : null;
        if (id === null) continue;
        const reducer = reducers.get(id) ?? createTraceReducer(id);
        reducers.set(id, reducer);
        if (isBatchRoot(row, id)) batchedIds.add(id);
        const known = reducer.rowCount();
        reducer.addRows([row]);
        isNew ||= reducer.rowCount() > known;
        oldest = id;
      }
      return isNew;
    },
  );
  if (ending === null || reducers.size === 0) return { reducers, batchedIds };
  warnings.add("session_cut");
  if (reducers.size > 1) reducers.delete(oldest);
  return { reducers, batchedIds };
}

/** A turn without as much as an answer: the rest of its rows does not name the session. */
function isRootAlone({ events, derived }: TraceFacts): boolean {
  const isWork = ({ kind }: { readonly kind: string }): boolean => kind === "generation" || kind === "tool";
  return derived.length === 0 && ![...events.values()].some(isWork);
}

/** How many rows each listed trace has, by its id (0 where that was not asked), and how many more traces there are. */
type Listed = { readonly rowsOf: ReadonlyMap<string, number>; readonly more: number };
const NONE: Listed = { rowsOf: new Map(), more: 0 };

/** The newest traces of a session that the legacy API lists; none where it is closed. */
async function listLegacy(
  { requests, routes, signal }: Place,
  sessionId: string,
  {
    failure: v2Failure,
    areRowsCounted,
  }: { readonly failure: LangfuseFailure | null; readonly areRowsCounted: boolean },
): Promise<Listed> {
  if (routes.legacy === "closed") return NONE;
  const isV2Asked = routes.v2 !== "closed";
  const rowsOf = new Map<string, number>();
  // The list names each observation, which of long traces is a lot.
  const fields = areRowsCounted ? "core,observations" : "core";
  const query = { sessionId, fromTimestamp: BEGINNING, limit: LISTED, orderBy: "timestamp.desc", fields };
  try {
    const { totalItems } = await readNumberedPages(
      (page) => requests.traces({ ...query, page }, signal),
      { atOnce: 1, maxPages: MAX_TRACES / LISTED },
      (rows) => {
        for (const row of rows) {
          const id = isRecord(row) && own(row, "sessionId") === sessionId ? text(own(row, "id")) : null;
          const ids = isRecord(row) ? own(row, "observations") : null;
          if (id !== null) rowsOf.set(id, Array.isArray(ids) ? ids.length : 0);
        }
      },
    );
    routes.legacy = "open";
    if (v2Failure !== null) routes.v2 = "closed";
    return { rowsOf, more: Math.max(0, totalItems - MAX_TRACES) };
  } catch (error) {
    if (!isFailure(error, LEGACY_CLOSED) || !isV2Asked) throw error;
    if (v2Failure !== null) throw v2Failure;
    if (error.kind === "events_only" || routes.v2 === "open") routes.legacy = "closed";
    return NONE;
  }
}

/** Reads traces, as many at once as requests may be; one that cannot be read is counted and costs the others nothing. */
async function readEach(
  ids: readonly string[],
  read: (id: string) => Promise<SessionTrace>,
  warnings: Warnings,
): Promise<readonly SessionTrace[]> {
  const relieve = createRelief();
  const failures: LangfuseFailure[] = [];
  const traces = await Promise.all(
    ids.map(async (id) => {
      try {
        const trace = await read(id);
        relieve();
        return [trace];
      } catch (error) {
        if (!(error instanceof LangfuseFailure) || !concernsOne(error)) throw error;
        failures.push(error);
        return [];
      }
    }),
  );
  const [failure] = failures;
  if (failure !== undefined && failures.length === ids.length && failure.kind !== "not_found") throw failure;
  warnings.add("turn_not_read", failures.length);
  return traces.flat();
}
