import { isRecord, own, text } from "../../trace/values/json.ts";
import { createTraceReducer, type TraceFacts, type TraceReducer } from "../../trace/rows/reducer.ts";
import { toEarlierTurn, toEarlierTurns, type EarlierTurns } from "../../trace/run/earlier-turns.ts";
import { toIso } from "../../trace/values/time.ts";
import { LangfuseFailure } from "./failure.ts";
import { BEGINNING } from "./listing.ts";
import { FIELDS, isTooHeavy, PAGE, SMALL_PAGE, type Api } from "./reader.ts";
import type { Page, Query, Requests } from "./requests.ts";

/** Of which trace the session is wanted, and before when (milliseconds since 1970). */
export type SessionQuery = {
  readonly api: Api;
  readonly traceId: string;
  readonly session: { readonly id: string; readonly startedAt: number };
};

const MAX_PAGES = 3;
/** One request each on the legacy API, so few of them, and none that is as large as a day's work. */
const MAX_TRACES = 10;
const MAX_ROWS = 1000;

/** Reads the earlier turns of a trace's session, as many as fit the bounds. Throws LangfuseFailures. */
export async function readSession(requests: Requests, query: SessionQuery, signal: AbortSignal): Promise<EarlierTurns> {
  return query.api === "legacy" ? readLegacy(requests, query, signal) : readV2(requests, query, signal);
}

/** One request in the common case: the newest thousand rows before the trace hold most sessions. */
async function readV2(
  requests: Requests,
  { traceId, session }: SessionQuery,
  signal: AbortSignal,
): Promise<EarlierTurns> {
  const range = { fromStartTime: BEGINNING, toStartTime: toIso(session.startedAt) };
  const reducers = new Map<string, TraceReducer>();
  let cursor: string | null = null;
  let oldest = "";
  let limit = PAGE;
  for (let page = 0; page < MAX_PAGES && (page === 0 || cursor !== null); page += 1) {
    const query: Query = { sessionId: session.id, ...range, fields: FIELDS, limit };
    const ask: Query = cursor === null ? query : { ...query, cursor };
    const answer: Page = await requests.observations(ask, signal).catch((error: unknown) => {
      if (!isTooHeavy(error)) throw error;
      limit = SMALL_PAGE;
      return requests.observations({ ...ask, limit }, signal);
    });
    for (const row of answer.rows) {
      // A server that does not know the parameter answers with everybody's rows.
      const id = isRecord(row) && own(row, "sessionId") === session.id ? text(own(row, "traceId")) : null;
      if (id === null || id === traceId) continue;
      const reducer = reducers.get(id) ?? createTraceReducer(id);
      reducers.set(id, reducer);
      reducer.addRows([row]);
      oldest = id;
    }
    cursor = answer.cursor;
  }
  // Rows come newest first: where they were cut off, the oldest turn is a part of itself.
  if (cursor !== null) reducers.delete(oldest);
  const turns = [...reducers.values()].map((reducer) => toEarlierTurn(reducer.finish(), session.startedAt));
  return toEarlierTurns(turns, session.startedAt, cursor === null);
}

async function readLegacy(
  requests: Requests,
  { traceId, session }: SessionQuery,
  signal: AbortSignal,
): Promise<EarlierTurns> {
  const range = { fromTimestamp: BEGINNING, toTimestamp: toIso(session.startedAt) };
  const listed = await requests.traces(
    {
      sessionId: session.id,
      ...range,
      page: 1,
      limit: MAX_TRACES + 1,
      orderBy: "timestamp.desc",
      fields: "core,observations",
    },
    signal,
  );
  // By id, since a server can list a trace in each of the versions that it has not merged yet.
  const others = new Map(
    listed.rows
      .filter(isRecord)
      .filter((row) => own(row, "sessionId") === session.id && own(row, "id") !== traceId)
      .map((row) => [text(own(row, "id")) ?? "", own(row, "observations")]),
  );
  const ids = [...others].slice(0, MAX_TRACES).flatMap(([id, observations]) => {
    return id === "" || (Array.isArray(observations) && observations.length > MAX_ROWS) ? [] : [id];
  });
  const facts = await Promise.all(ids.map((id) => readFacts(requests, id, signal)));
  const read = facts.filter((one) => one !== null);
  const isWhole = read.length === others.size && listed.totalItems <= listed.rows.length;
  const turns = read.map((one) => toEarlierTurn(one, session.startedAt));
  return toEarlierTurns(turns, session.startedAt, isWhole);
}

/** The facts of one earlier turn; null when it cannot be read, which the others must not suffer from. */
async function readFacts(requests: Requests, id: string, signal: AbortSignal): Promise<TraceFacts | null> {
  const reducer = createTraceReducer(id);
  try {
    reducer.addTrace(await requests.trace(id, signal));
    return reducer.finish();
  } catch (error) {
    if (!(error instanceof LangfuseFailure)) throw error;
    return null;
  }
}
