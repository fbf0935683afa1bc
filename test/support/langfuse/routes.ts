import {
  type Answer,
  eventsOnly,
  type Generation,
  invalidCredentials,
  methodNotAllowed,
  noAuthorization,
  notFoundPage,
  ok,
  versions,
} from "./answers.ts";
import { createLegacyRoutes } from "./legacy.ts";
import { createScoreRoutes } from "./scores.ts";
import { asObject, type Store } from "./store.ts";
import { createV2Route, type V2Options } from "./v2.ts";

/** A request as the routes see it. */
export interface RoutedRequest {
  readonly method: string;
  /** what the path starts with, left out of `path` */
  readonly basePath: string;
  /** still percent-encoded */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: string;
  readonly keys: "right" | "wrong" | "missing";
}

const api = "/api/public";

/** The routes of one server; `limit` is asked once per request that is let in. */
export function createRoutes(
  store: Store,
  options: V2Options,
  limit: () => Answer | undefined,
): (request: RoutedRequest) => Answer {
  const { generation, projectId } = options;
  const scores = createScoreRoutes(generation, projectId);
  const legacy = createLegacyRoutes(store, generation, projectId, scores.ofTrace);
  const v2 = createV2Route(store, options);

  const read = (path: string, query: URLSearchParams): (() => Answer) | undefined => {
    if (/^(?:\/v[23])?\/scores$/u.test(path)) return () => scores.list(path, query);
    if (path === "/projects") return () => projects(generation, projectId);
    if (path === "/v2/observations") {
      return generation === "v2.95" ? undefined : () => v2(query);
    }
    if (path === "/traces") return () => legacy.list(query);
    if (path === "/observations") return () => legacy.observations(query);
    if (path === "/sessions") return () => legacy.sessions(query);
    const id = /^\/traces\/([^/]+)$/.exec(path)?.[1];
    return id === undefined ? undefined : () => legacy.byId(decode(id), query);
  };

  return ({ method, basePath, path, query, body, keys }) => {
    if (path.length > 1 && path.endsWith("/")) {
      const search = query.size === 0 ? "" : `?${query.toString()}`;
      const headers = { location: `${basePath}${path.replace(/\/+$/, "")}${search}` };
      return { status: 308, body: headers.location, headers };
    }
    if (!path.startsWith(`${api}/`)) return notFoundPage(generation);
    const route = path.slice(api.length);
    if (route === "/health") return ok({ status: "OK", version: versions[generation] });
    const isWritten = route === "/ingestion" || (route === "/scores" && method === "POST");
    const write = () => (route === "/scores" ? scores.create(body) : ingest(body, generation));
    const answer = isWritten ? write : read(route, query);
    if (answer === undefined) return notFoundPage(generation);
    // before authentication: a wrong key gets this too
    if (generation === "v4-events-only" && legacyRoute.test(route)) return eventsOnly;
    if (method !== (isWritten ? "POST" : "GET")) return methodNotAllowed;
    if (keys === "missing") return noAuthorization;
    if (keys === "wrong") return invalidCredentials;
    return limit() ?? answer();
  };
}

const legacyRoute = /^\/(?:traces|observations|sessions)(?:\/|$)/;

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function projects(generation: Generation, projectId: string): Answer {
  const project = { id: projectId, name: "Proj" };
  const more = { organization: { id: "org1", name: "Org" }, metadata: {} };
  return ok({ data: [generation === "v2.95" ? project : { ...project, ...more }] });
}

/** 207 with a result per event; nothing is stored. events_only refuses each event. */
function ingest(body: string, generation: Generation): Answer {
  const ids = parseEventIds(body);
  const isRefused = generation === "v4-events-only";
  return {
    status: 207,
    body: {
      successes: isRefused ? [] : ids.map((id) => ({ id, status: 201 })),
      errors: isRefused ? ids.map((id) => ({ id, status: 400, message: "Bad Request" })) : [],
    },
  };
}

function parseEventIds(body: string): readonly unknown[] {
  try {
    const { batch } = asObject(JSON.parse(body));
    return Array.isArray(batch) ? batch.map((event: unknown) => asObject(event).id) : [];
  } catch {
    return [];
  }
}
