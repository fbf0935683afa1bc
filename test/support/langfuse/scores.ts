import { type Answer, eventsOnly, type Generation, invalidData, notFoundPage, ok } from "./answers.ts";
import { asObject, type JsonObject, textOf } from "./store.ts";

/** The score routes of one server: each generation speaks some of them. */
export interface ScoreRoutes {
  /** `POST /scores` */
  create(body: string): Answer;
  /** `GET` of `v3/scores`, `v2/scores` or `scores` */
  list(route: string, query: URLSearchParams): Answer;
  /** as the body of a trace holds them */
  ofTrace(id: string): readonly JsonObject[];
}

const maxLimit = 100;
const v3Since: readonly Generation[] = ["v4-dual", "v4-events-only"];

export function createScoreRoutes(generation: Generation, projectId: string): ScoreRoutes {
  const scores: JsonObject[] = [];
  const ofTrace = (id: string): readonly JsonObject[] => scores.filter((score) => score.traceId === id).map(toOlder);

  const v3 = (query: URLSearchParams): Answer => {
    const limit = Number(query.get("limit") ?? 50);
    if (limit > maxLimit)
      return invalidData({ origin: "number", code: "too_big", maximum: 100, inclusive: true, path: ["limit"] });
    const fields = query.get("fields")?.split(",") ?? [];
    const found = scores.filter(isWanted(query)).map((score) => toV3(score, fields.includes("subject")));
    return ok({ data: found.slice(0, limit), meta: { limit } });
  };
  const numbered = (query: URLSearchParams): Answer => {
    const limit = Number(query.get("limit") ?? 50);
    const found = scores.filter(isWanted(query)).map(toOlder);
    const totalItems = found.length;
    return ok({
      data: found.slice(0, limit),
      meta: { page: 1, limit, totalItems, totalPages: Math.ceil(totalItems / limit) },
    });
  };

  return {
    create(body) {
      const sent = asObject(JSON.parse(body));
      const value = sent.value;
      if (typeof sent.name !== "string" || (sent.dataType !== "CATEGORICAL" && typeof value !== "number"))
        return invalidData({ expected: "number", code: "invalid_type", path: ["value"] });
      const id = `score-${scores.length + 1}`;
      const at = new Date(Date.UTC(2026, 0, 1) + scores.length * 1000).toISOString();
      scores.unshift({ id, projectId, source: "API", timestamp: at, createdAt: at, updatedAt: at, ...sent });
      return ok({ id });
    },
    list(route, query) {
      if (route === "/v3/scores") return v3Since.includes(generation) ? v3(query) : notFoundPage(generation);
      if (generation === "v4-events-only") return eventsOnly;
      if (route === "/v2/scores" && generation === "v2.95") return notFoundPage(generation);
      return numbered(query);
    },
    ofTrace,
  };
}

const isWanted =
  (query: URLSearchParams) =>
  (score: JsonObject): boolean =>
    ["traceId", "sessionId"].every((key) => query.get(key) === null || score[key] === query.get(key));

function toV3(score: JsonObject, hasSubject: boolean): JsonObject {
  const { traceId, sessionId, observationId, comment: _comment, value, dataType = "NUMERIC", ...rest } = score;
  const subject =
    textOf(observationId) !== null
      ? { kind: "observation", id: observationId, traceId }
      : textOf(traceId) !== null
        ? { kind: "trace", id: traceId }
        : { kind: "session", id: sessionId };
  const shown = dataType === "BOOLEAN" ? value === 1 : value;
  return { ...rest, environment: "default", ...(hasSubject ? { subject } : {}), dataType, value: shown };
}

function toOlder({ value, dataType = "NUMERIC", ...score }: JsonObject): JsonObject {
  const isText = typeof value === "string";
  const stringValue = isText ? value : dataType === "BOOLEAN" ? (value === 1 ? "True" : "False") : null;
  const absent = {
    authorUserId: null,
    comment: null,
    configId: null,
    traceId: null,
    sessionId: null,
    observationId: null,
  };
  return { ...absent, ...score, dataType, value: isText ? null : value, stringValue };
}
