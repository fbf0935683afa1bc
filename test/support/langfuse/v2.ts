import { type Answer, type Generation, invalidData, invalidRequest, ok, Refusal, v2Gate } from "./answers.ts";
import { matchesFilter } from "./filter.ts";
import { inWindow, matchesParameters, parseFilter, parseLimit, parseTime } from "./query.ts";
import { asObject, compareText, type JsonObject, type LegacyTrace, memoBy, memoPerTrace, type Store } from "./store.ts";
import { createProjection } from "./v2-fields.ts";
import { toV2Rows, type V2Row } from "./v2-rows.ts";

export interface V2Options {
  readonly generation: Generation;
  readonly projectId: string;
  readonly lateInV2: ReadonlySet<string>;
  readonly lateRows: ReadonlySet<string>;
  readonly withoutRootMark: ReadonlySet<string>;
  readonly syntheticRoot: ReadonlySet<string>;
}

const maxLimit = 1000;

/** `GET /v2/observations`: rows by start falling, equal starts by trace id and id falling. */
export function createV2Route(store: Store, options: V2Options): (query: URLSearchParams) => Answer {
  const { generation, projectId, lateInV2, lateRows } = options;
  const rowsOf = memoPerTrace((trace: LegacyTrace) =>
    toV2Rows(trace, {
      projectId,
      hasSyntheticRoot: generation === "v4-dual" && options.syntheticRoot.has(trace.id),
      hasNoRootMark: options.withoutRootMark.has(trace.id),
    }).toSorted(compareRows),
  );
  const allRows = memoBy(store.version, () => store.list().flatMap(rowsOf).toSorted(compareRows));

  return (query) => {
    const limit = parseLimit(query, generation, maxLimit);
    const from = parseTime(query, generation, "fromStartTime");
    const to = parseTime(query, generation, "toStartTime");
    const after = parseCursor(query);
    const filter = parseFilter(query);
    if (query.get("parseIoAsJson") === "true") throw new Refusal(parsedIo);
    const closed = v2Gate(generation);
    if (closed !== undefined) return closed;

    const traceId = query.get("traceId");
    const trace = traceId === null ? undefined : store.get(traceId);
    const rows = traceId === null ? allRows() : trace === undefined ? [] : rowsOf(trace);
    const isFiltered = filter.length > 0 || columnNames.some((name) => query.has(name));
    const page: V2Row[] = [];
    let index = after === undefined ? 0 : firstAfter(rows, after);
    for (; index < rows.length && page.length <= limit; index += 1) {
      const row = rows[index];
      if (row === undefined || lateInV2.has(row.traceId) || lateRows.has(row.id)) continue;
      if (!inWindow(Date.parse(row.startTime), from, to)) continue;
      if (isFiltered && !isWanted(row, query, filter)) continue;
      page.push(row);
    }
    const hasMore = page.length > limit;
    const sent = page.slice(0, limit);
    const last = sent.at(-1);
    return ok({
      data: sent.map(createProjection(query)),
      meta: hasMore && last !== undefined ? { cursor: toCursor(last) } : {},
    });
  };
}

const parsedIo = invalidData({
  code: "custom",
  path: ["parseIoAsJson"],
  message:
    "parseIoAsJson=true is no longer supported on the v2 observations endpoint. Input/output fields are always returned as raw strings. Remove the parseIoAsJson parameter or set it to false.",
});

const columnNames = [
  "name",
  "userId",
  "sessionId",
  "type",
  "level",
  "parentObservationId",
  "isRootObservation",
  "environment",
  "version",
] as const;

function isWanted(row: V2Row, query: URLSearchParams, filter: readonly JsonObject[]): boolean {
  const columns = Object.fromEntries(columnNames.map((name) => [name, row[name]]));
  return matchesParameters(query, columns) && matchesFilter(filter, (column) => row[column]);
}

type Position = Pick<V2Row, "startTime" | "traceId" | "id">;

const compareRows = (a: Position, b: Position): number =>
  compareText(b.startTime, a.startTime) || compareText(b.traceId, a.traceId) || compareText(b.id, a.id);

function firstAfter(rows: readonly V2Row[], position: Position): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const row = rows[middle];
    if (row !== undefined && compareRows(row, position) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

const toCursor = ({ startTime, traceId, id }: Position): string =>
  Buffer.from(JSON.stringify({ lastStartTimeTo: startTime, lastTraceId: traceId, lastId: id })).toString("base64");

function parseCursor(query: URLSearchParams): Position | undefined {
  const text = query.get("cursor");
  if (text === null || text === "") return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(text, "base64").toString("utf8"));
    const { lastStartTimeTo, lastTraceId, lastId } = asObject(value);
    if (typeof lastStartTimeTo === "string" && typeof lastTraceId === "string" && typeof lastId === "string") {
      return { startTime: lastStartTimeTo, traceId: lastTraceId, id: lastId };
    }
  } catch {
    // not base64 of JSON: refused below
  }
  throw new Refusal(invalidRequest("Invalid cursor format"));
}
