import { createTraceReducer, type TraceReducer } from "../../trace/rows/reducer.ts";
import { toScores } from "../../trace/rows/score.ts";
import { assess } from "../../trace/summary/summary.ts";
import { isRecord, own } from "../../trace/values/json.ts";
import type { ReadTrace } from "../port.ts";
import { isFailure, LangfuseFailure, TOO_HEAVY, type FailureKind } from "./failure.ts";
import { inParts, PAGE, readNumberedPages, readPages, SMALL_PAGE } from "./pages.ts";
import type { Requests } from "./requests.ts";
import { LEGACY_CLOSED, V2_CLOSED, type Routes } from "./routes.ts";

/** What a trace is read with. */
export const FIELDS = "core,basic,io,metadata,model,usage,trace_context";
/** 2,000 pages hold two million rows; beyond that a cursor goes round in circles. */
const MAX_PAGES = 2000;
/** Observations asked for at once on the legacy API, and where their inputs are so long that a page is too big. */
const LEGACY_LIMITS = [SMALL_PAGE, 20, 4, 1] as const;
/** What a trace in one answer is read page by page after; 3.5x answers 5xx where later versions say that it is too large. */
const TOO_HEAVY_WHOLE: readonly FailureKind[] = [...TOO_HEAVY, "server_error"];

/** Reads one trace by whichever API the server speaks and has it in. Throws LangfuseFailures. */
export async function readTrace(
  requests: Requests,
  routes: Routes,
  traceId: string,
  signal: AbortSignal,
): Promise<ReadTrace> {
  let v2Failure: LangfuseFailure | null = null;
  const isV2Asked = routes.v2 !== "closed";
  if (isV2Asked) {
    try {
      const { reducer, isBatched } = await readV2(requests, traceId, signal);
      if (reducer.rowCount() > 0) {
        routes.v2 = "open";
        const isShort = isBatched && (await hasMoreRows(requests, routes, traceId, reducer.rowCount(), signal));
        if (isShort) return readLegacy(requests, traceId, signal);
        return { ...assess(reducer.finish()), api: "v2/observations", scores: null };
      }
    } catch (error) {
      if (!isFailure(error, V2_CLOSED)) throw error;
      v2Failure = error;
    }
    if (routes.legacy === "closed") throw v2Failure ?? new LangfuseFailure("not_found");
  }
  try {
    const assessed = await readLegacy(requests, traceId, signal);
    learnFromLegacy(routes, v2Failure);
    return assessed;
  } catch (error) {
    if (isFailure(error, ["not_found"])) learnFromLegacy(routes, v2Failure);
    if (!isFailure(error, LEGACY_CLOSED)) throw error;
    if (error.kind === "events_only") routes.legacy = "closed";
    if (!isV2Asked) throw error;
    // An empty answer of v2 stands when there is no legacy API to ask.
    throw v2Failure ?? new LangfuseFailure("not_found");
  }
}

function learnFromLegacy(routes: Routes, v2Failure: LangfuseFailure | null): void {
  routes.legacy = "open";
  if (v2Failure !== null) routes.v2 = "closed";
}

/**
 * Whether the legacy API has more rows of a trace than `count`. A server in write mode dual copies the rows of older SDKs by
 * a batch job, some ten minutes late: of a trace that was sent in two parts `v2/observations` shows the first one alone.
 */
async function hasMoreRows(
  requests: Requests,
  routes: Routes,
  traceId: string,
  count: number,
  signal: AbortSignal,
): Promise<boolean> {
  if (routes.legacy === "closed") return false;
  try {
    const { totalItems } = await requests.legacyObservations({ traceId, limit: 1, page: 1 }, signal);
    return totalItems > count;
  } catch (error) {
    if (isFailure(error, LEGACY_CLOSED)) routes.legacy = "closed";
    // What was read already is not lost for want of a count.
    if (!(error instanceof LangfuseFailure)) throw error;
    return false;
  }
}

/** The row that Langfuse itself puts above the rows that its batch job copies. */
export function isBatchRoot(row: unknown, traceId: string): boolean {
  return isRecord(row) && own(row, "id") === `t-${traceId}`;
}

type ReadV2 = { readonly reducer: TraceReducer; readonly isBatched: boolean };

async function readV2(requests: Requests, traceId: string, signal: AbortSignal): Promise<ReadV2> {
  const reducer = createTraceReducer(traceId);
  let isBatched = false;
  const ending = await readPages(
    (place) => requests.observations({ traceId, fields: FIELDS, ...place }, signal),
    { limits: [PAGE, SMALL_PAGE], maxPages: MAX_PAGES },
    (rows) => {
      const known = reducer.rowCount();
      reducer.addRows(rows);
      isBatched ||= rows.some((row) => isBatchRoot(row, traceId));
      return reducer.rowCount() > known;
    },
  );
  if (ending !== null) reducer.warn(ending);
  return { reducer, isBatched };
}

/** Reads one trace by the legacy API. Throws LangfuseFailures. */
export async function readLegacy(requests: Requests, traceId: string, signal: AbortSignal): Promise<ReadTrace> {
  const reducer = createTraceReducer(traceId);
  let scores: ReadTrace["scores"] = null;
  try {
    const trace = await requests.trace(traceId, signal);
    const given = isRecord(trace) ? own(trace, "scores") : undefined;
    if (Array.isArray(given)) scores = toScores(given, { kind: "trace", id: traceId });
    reducer.addTrace(trace);
  } catch (error) {
    // More than 80 MB in one answer is refused; its observations can be had page by page.
    if (!isFailure(error, TOO_HEAVY_WHOLE)) throw error;
    await Promise.all([
      readLegacyPages(requests, reducer, traceId, signal),
      readTraceAlone(requests, reducer, traceId, signal),
    ]);
  }
  return { ...assess(reducer.finish()), api: "legacy", scores };
}

/** What the trace itself says: its session, and for some exporters its prompt. Versions before 3.167 cannot leave the rest out. */
async function readTraceAlone(
  requests: Requests,
  reducer: TraceReducer,
  traceId: string,
  signal: AbortSignal,
): Promise<void> {
  try {
    reducer.addTrace(await requests.trace(traceId, signal, "core,io"));
  } catch (error) {
    if (!(error instanceof LangfuseFailure)) throw error;
  }
}

async function readLegacyPages(
  requests: Requests,
  reducer: TraceReducer,
  traceId: string,
  signal: AbortSignal,
): Promise<void> {
  const { ending, totalItems } = await readNumberedPages(
    inParts((place) => requests.legacyObservations({ traceId, ...place }, signal), LEGACY_LIMITS),
    { atOnce: 1, maxPages: MAX_PAGES },
    reducer.addRows,
  );
  if (ending !== null) reducer.warn(ending);
  // Rows that came or went in between moved others from page to page.
  else reducer.warn("rows_missing", Math.max(0, totalItems - reducer.rowCount()));
}
