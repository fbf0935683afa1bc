import { type Answer, type Generation, ok, traceNotFound } from "./answers.ts";
import { matchesFilter } from "./filter.ts";
import {
  inWindow,
  matchesParameters,
  parseFilter,
  parseLimit,
  parseNames,
  parseOrder,
  parsePage,
  parseTime,
  toPage,
} from "./query.ts";
import { memoPerTrace, sortBy, type Store } from "./store.ts";
import { type ServedObservation, type ServedTrace, toServedTrace } from "./v1-shape.ts";

/** The routes that events_only servers have closed: traces, observations and sessions. */
export interface LegacyRoutes {
  list(query: URLSearchParams): Answer;
  byId(id: string, query: URLSearchParams): Answer;
  observations(query: URLSearchParams): Answer;
  sessions(query: URLSearchParams): Answer;
}

const maxLimit = 100;
const groups = ["core", "io", "scores", "observations", "metrics"] as const;

export function createLegacyRoutes(
  store: Store,
  generation: Generation,
  projectId: string,
  scoresOf: (traceId: string) => readonly object[],
): LegacyRoutes {
  const isOld = generation === "v2.95";
  const served = memoPerTrace((trace) => toServedTrace(trace, generation, projectId));
  const newestFirst = memoPerTrace((trace) => byStart(served(trace).observations));
  const wantedGroups = (query: URLSearchParams): ReadonlySet<string> => {
    const names = isOld ? [] : (parseNames(query, "fields") ?? []);
    const known = groups.filter((group) => names.includes(group));
    return new Set(known.length === 0 ? groups : known);
  };

  return {
    list(query) {
      const limit = parseLimit(query, generation, maxLimit);
      const page = parsePage(query, generation);
      const from = parseTime(query, generation, "fromTimestamp");
      const to = parseTime(query, generation, "toTimestamp");
      const order = parseOrder(query, generation);
      const filter = isOld ? [] : parseFilter(query);
      const tags = query.getAll("tags");
      const found = store.list().filter((trace) => {
        const { name, userId, sessionId, version, release, environment, ...rest } = served(trace);
        const columns = { name, userId, sessionId, version, release };
        return (
          inWindow(Date.parse(trace.timestamp), from, to) &&
          matchesParameters(query, isOld ? columns : { ...columns, environment }) &&
          tags.every((tag) => Array.isArray(rest.tags) && rest.tags.includes(tag)) &&
          matchesFilter(filter, (column) => ({ ...rest, ...columns, environment })[column])
        );
      });
      if (order === "desc") found.reverse();
      const wanted = wantedGroups(query);
      return ok(toPage(found, page, limit, (trace) => toListRow(served(trace), wanted)));
    },

    byId(id, query) {
      const trace = store.get(id);
      if (trace === undefined) return traceNotFound(generation, id);
      return ok(leaveOut({ ...served(trace), scores: scoresOf(id) }, wantedGroups(query)));
    },

    observations(query) {
      const limit = parseLimit(query, generation, maxLimit);
      const page = parsePage(query, generation);
      const from = parseTime(query, generation, "fromStartTime");
      const to = parseTime(query, generation, "toStartTime");
      const filter = isOld ? [] : parseFilter(query);
      const traceId = query.get("traceId");
      const userId = query.get("userId");
      const traces = store.list().filter((trace) => {
        const isWanted = traceId === null || trace.id === traceId;
        return isWanted && (userId === null || trace.userId === userId);
      });
      const [only, ...others] = traces;
      const rows =
        only !== undefined && others.length === 0
          ? newestFirst(only)
          : byStart(traces.flatMap((trace) => served(trace).observations));
      const found = rows.filter((row) => {
        const { name, type, level, parentObservationId, version, environment } = row;
        const columns = { name, type, level, parentObservationId, version };
        return (
          inWindow(Date.parse(row.startTime), from, to) &&
          matchesParameters(query, isOld ? columns : { ...columns, environment }) &&
          matchesFilter(filter, (column) => row[column])
        );
      });
      return ok(toPage(found, page, limit, isOld ? (row) => row : withoutZeroPrices));
    },

    sessions(query) {
      const limit = parseLimit(query, generation, maxLimit);
      const page = parsePage(query, generation);
      const found = new Map<string, unknown>();
      for (const trace of store.list().toReversed()) {
        const { sessionId, createdAt, environment } = served(trace);
        if (typeof sessionId !== "string" || sessionId === "") continue;
        const row = { id: sessionId, createdAt, projectId };
        found.set(sessionId, isOld ? row : { ...row, environment });
      }
      return ok(toPage([...found.values()], page, limit, (row) => row));
    },
  };
}

const byStart = (rows: readonly ServedObservation[]): readonly ServedObservation[] =>
  sortBy(rows, (row) => [Date.parse(row.startTime), row.id], { falling: true });

/** The list has null where a trace by id has a price of 0, and names no pricing tier. */
const withoutZeroPrices = (row: ServedObservation): object => ({
  ...row,
  inputPrice: row.inputPrice || null,
  outputPrice: row.outputPrice || null,
  totalPrice: row.totalPrice || null,
  usagePricingTierId: null,
  usagePricingTierName: null,
});

/** Groups that are not asked for look like data: null, -1 and empty lists. */
function leaveOut(row: object, wanted: ReadonlySet<string>): object {
  return {
    ...row,
    ...(wanted.has("io") ? {} : { input: null, output: null, metadata: {} }),
    ...(wanted.has("scores") ? {} : { scores: [] }),
    ...(wanted.has("metrics") ? {} : { latency: -1, totalCost: -1 }),
    ...(wanted.has("observations") ? {} : { observations: [] }),
  };
}

const toListRow = (trace: ServedTrace, wanted: ReadonlySet<string>): object =>
  leaveOut({ ...trace, observations: trace.observations.map((one) => one.id) }, wanted);
