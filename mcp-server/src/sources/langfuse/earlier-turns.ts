import { isRecord, own, text } from "../../trace/values/json.ts";
import { createTraceReducer, type TraceFacts, type TraceReducer } from "../../trace/rows/reducer.ts";
import { toEarlierTurn, toEarlierTurns, wordsAfter, type EarlierTurns } from "../../trace/run/earlier-turns.ts";
import { toIso } from "../../trace/values/time.ts";
import { BEGINNING, type EarlierTurnsQuery } from "../port.ts";
import { LangfuseFailure } from "./failure.ts";
import { PAGE, readPages, SMALL_PAGE } from "./pages.ts";
import { FIELDS } from "./reader.ts";
import type { Requests } from "./requests.ts";

const MAX_PAGES = 3;
/** One request each on the legacy API, so few of them, and none that is as large as a day's work. */
const MAX_TRACES = 10;
const MAX_ROWS = 1000;
/** Of the turns after the audited one: so many roots in one request, or so many traces one by one. */
const MAX_NEXT = 100;
const MAX_READ_AFTER = 3;
/** Later than any run; a server may refuse a list without an end. */
const END = "2100-01-01T00:00:00.000Z";

/**
 * Reads the earlier turns of a trace's session, as many as fit the bounds, and the words that began the turn after it. Throws
 * LangfuseFailures.
 */
export async function readEarlierTurns(
  requests: Requests,
  query: EarlierTurnsQuery,
  signal: AbortSignal,
): Promise<EarlierTurns> {
  const isLegacy = query.api === "legacy";
  const [earlier, after] = await Promise.all([
    isLegacy ? readLegacy(requests, query, signal) : readV2(requests, query, signal),
    (isLegacy ? readNextLegacy(requests, query, signal) : readNextV2(requests, query, signal)).catch(notRead),
  ]);
  return { ...earlier, after };
}

/** What keeps the words after the turn from being read costs nothing else. */
function notRead(error: unknown): null {
  if (error instanceof LangfuseFailure) return null;
  throw error;
}

/** The roots of later turns, whose input is what the human said. */
async function readNextV2(
  requests: Requests,
  { traceId, session }: EarlierTurnsQuery,
  signal: AbortSignal,
): Promise<string | null> {
  const window = { fromStartTime: toIso(session.startedAt + 1), toStartTime: END };
  const query = { sessionId: session.id, isRootObservation: true, ...window, fields: FIELDS, limit: MAX_NEXT };
  const { rows, cursor } = await requests.observations(query, signal);
  // Rows come newest first, so that of more than these the next turn is not among them.
  if (cursor !== null) return null;
  const reducers = new Map<string, TraceReducer>();
  reduceInto(reducers, rows, { traceId, session });
  return wordsAfter(
    [...reducers.values()].map((reducer) => toEarlierTurn(reducer.finish())),
    session.startedAt,
  );
}

/** The traces after it, the earliest first, up to one that a human began. */
async function readNextLegacy(
  requests: Requests,
  { traceId, session }: EarlierTurnsQuery,
  signal: AbortSignal,
): Promise<string | null> {
  const window = { fromTimestamp: toIso(session.startedAt + 1), toTimestamp: END };
  const query = { sessionId: session.id, ...window, page: 1, limit: MAX_READ_AFTER + 1, fields: "core" };
  const { rows } = await requests.traces({ ...query, orderBy: "timestamp.asc" }, signal);
  const ids = rows
    .filter(isRecord)
    .filter((row) => own(row, "sessionId") === session.id)
    .map((row) => text(own(row, "id")) ?? "")
    .filter((id) => id !== "" && id !== traceId);
  for (const id of [...new Set(ids)].slice(0, MAX_READ_AFTER)) {
    const facts = await readFacts(requests, id, signal);
    const words = facts === null ? null : wordsAfter([toEarlierTurn(facts)], session.startedAt);
    if (words !== null) return words;
  }
  return null;
}

/** One request in the common case: the newest thousand rows before the trace hold most sessions. */
async function readV2(
  requests: Requests,
  { traceId, session }: EarlierTurnsQuery,
  signal: AbortSignal,
): Promise<EarlierTurns> {
  const range = { fromStartTime: BEGINNING, toStartTime: toIso(session.startedAt) };
  const reducers = new Map<string, TraceReducer>();
  let oldest = "";
  const ending = await readPages(
    (place) => requests.observations({ sessionId: session.id, ...range, fields: FIELDS, ...place }, signal),
    { limits: [PAGE, SMALL_PAGE], maxPages: MAX_PAGES },
    (rows) => {
      oldest = reduceInto(reducers, rows, { traceId, session }) ?? oldest;
      return true;
    },
  );
  // Rows come newest first: where they were cut off, the oldest turn is a part of itself.
  if (ending !== null) reducers.delete(oldest);
  const turns = [...reducers.values()].map((reducer) => toEarlierTurn(reducer.finish(), session.startedAt));
  return toEarlierTurns(turns, session.startedAt, ending === null);
}

/** Adds rows to their traces' reducers; the audited trace's are left out. Returns the trace of the last row. */
function reduceInto(
  reducers: Map<string, TraceReducer>,
  rows: readonly unknown[],
  { traceId, session }: Pick<EarlierTurnsQuery, "traceId" | "session">,
): string | null {
  let last: string | null = null;
  for (const row of rows) {
    // A server that does not know the parameter answers with everybody's rows.
    const id = isRecord(row) && own(row, "sessionId") === session.id ? text(own(row, "traceId")) : null;
    if (id === null || id === traceId) continue;
    const reducer = reducers.get(id) ?? createTraceReducer(id);
    reducers.set(id, reducer);
    reducer.addRows([row]);
    last = id;
  }
  return last;
}

async function readLegacy(
  requests: Requests,
  { traceId, session }: EarlierTurnsQuery,
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
