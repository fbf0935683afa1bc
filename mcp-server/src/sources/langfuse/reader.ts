import { createTraceReducer, type TraceReducer } from "../../trace/rows/reducer.ts";
import { assess, type Assessed } from "../../trace/summary/summary.ts";
import { LangfuseFailure, type FailureKind } from "./failure.ts";
import { createRelief } from "./heap-relief.ts";
import type { Query, Requests } from "./requests.ts";

/** Where a trace was read from; `transcript` is a file of Claude Code on this machine. */
export type Api = "v2/observations" | "legacy" | "transcript";
export type ReadTrace = Assessed & { readonly api: Api };

/**
 * What this process has learned about the server. The two read APIs are disjoint, no version tells which one is open,
 * and each says "not found" in its own way, so the answer is remembered.
 */
export type Routes = { v2: "unknown" | "open" | "closed"; legacy: "unknown" | "open" | "closed" };

export function createRoutes(): Routes {
  return { v2: "unknown", legacy: "unknown" };
}

/** Answers of `v2/observations` that mean "ask the legacy routes". 3.133 to 3.14x answer 500: the table is not there. */
export const V2_CLOSED: ReadonlySet<FailureKind> = new Set<FailureKind>([
  "route_missing",
  "route_closed",
  "server_error",
]);
/** Answers of the legacy routes that mean "`v2/observations` was right". */
export const LEGACY_CLOSED: ReadonlySet<FailureKind> = new Set<FailureKind>([
  "events_only",
  "route_missing",
  "route_closed",
]);

/** What a trace is read with. */
export const FIELDS = "core,basic,io,metadata,model,usage,trace_context";
/** Rows asked for at once: as many as servers give, and how many when that is too heavy for them. */
export const PAGE = 1000;
export const SMALL_PAGE = 100;
/** 2,000 pages hold two million rows; beyond that a cursor goes round in circles. */
const MAX_PAGES = 2000;

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
      const reducer = createTraceReducer(traceId);
      await readV2(requests, reducer, traceId, signal);
      if (reducer.rowCount() > 0) {
        routes.v2 = "open";
        return { ...assess(reducer.finish()), api: "v2/observations" };
      }
    } catch (error) {
      if (!(error instanceof LangfuseFailure) || !V2_CLOSED.has(error.kind)) throw error;
      v2Failure = error;
    }
    if (routes.legacy === "closed") throw v2Failure ?? new LangfuseFailure("not_found");
  }
  try {
    const assessed = await readLegacy(requests, traceId, signal);
    learnFromLegacy(routes, v2Failure);
    return { ...assessed, api: "legacy" };
  } catch (error) {
    if (!(error instanceof LangfuseFailure)) throw error;
    if (error.kind === "not_found") learnFromLegacy(routes, v2Failure);
    if (!LEGACY_CLOSED.has(error.kind)) throw error;
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

async function readV2(requests: Requests, reducer: TraceReducer, traceId: string, signal: AbortSignal): Promise<void> {
  let limit = PAGE;
  const relieve = createRelief();
  const seen = new Set<string>();
  let cursor: string | null = null;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const query: Query = { traceId, fields: FIELDS, limit, ...(cursor === null ? {} : { cursor }) };
    try {
      const known = reducer.rowCount();
      const answer = await requests.observations(query, signal);
      reducer.addRows(answer.rows);
      relieve();
      cursor = answer.cursor;
      if (cursor !== null && (seen.has(cursor) || reducer.rowCount() === known)) {
        reducer.warn("repeated_page");
        return;
      }
    } catch (error) {
      // Rows with long inputs can make a page too heavy for the server; fewer of them may pass.
      if (limit === SMALL_PAGE || !isTooHeavy(error)) throw error;
      limit = SMALL_PAGE;
      continue;
    }
    if (cursor === null) return;
    seen.add(cursor);
  }
  reducer.warn("too_many_pages");
}

/** Fewer rows at once may pass. */
export function isTooHeavy(error: unknown): boolean {
  return error instanceof LangfuseFailure && (error.kind === "too_slow" || error.kind === "too_large");
}

async function readLegacy(requests: Requests, traceId: string, signal: AbortSignal): Promise<Assessed> {
  const reducer = createTraceReducer(traceId);
  try {
    reducer.addTrace(await requests.trace(traceId, signal));
  } catch (error) {
    // More than 80 MB in one answer is refused; its observations can be had page by page.
    if (!isTooHeavy(error)) throw error;
    await readLegacyPages(requests, reducer, traceId, signal);
  }
  return assess(reducer.finish());
}

async function readLegacyPages(
  requests: Requests,
  reducer: TraceReducer,
  traceId: string,
  signal: AbortSignal,
): Promise<void> {
  const relieve = createRelief();
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const answer = await requests.legacyObservations({ traceId, limit: SMALL_PAGE, page }, signal);
    reducer.addRows(answer.rows);
    relieve();
    if (answer.rows.length === 0 || page >= answer.totalPages) {
      // Rows that came or went in between moved others from page to page.
      reducer.warn("rows_missing", Math.max(0, answer.totalItems - reducer.rowCount()));
      return;
    }
  }
  reducer.warn("too_many_pages");
}
