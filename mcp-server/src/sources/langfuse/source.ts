import type { Config } from "../../config.ts";
import type { Source, Window } from "../port.ts";
import { ADVICE, toSessionFailure, toSourceFailure } from "./error-texts.ts";
import { readEarlierTurns } from "./earlier-turns.ts";
import { LangfuseFailure } from "./failure.ts";
import { createProjectReader } from "./opened-project.ts";
import { listAll, listNewest } from "./listing.ts";
import { readTrace } from "./reader.ts";
import { createRequests } from "./requests.ts";
import { createRoutes } from "./routes.ts";
import { readScores } from "./scores.ts";
import { readSession } from "./session.ts";

/** The traces of the Langfuse project that the keys belong to. Nothing is sent yet. */
export function createLangfuseSource(config: Config): Source {
  const { baseUrl } = config;
  const requests = createRequests(config);
  const routes = createRoutes();

  /** The same question, whose failures are told as the port's. */
  const asked =
    <Q, A>(
      ask: (query: Q, signal: AbortSignal) => Promise<A>,
      tell = (failure: LangfuseFailure, _query: Q) => toSourceFailure(failure, baseUrl),
    ) =>
    async (query: Q, signal: AbortSignal): Promise<A> => {
      try {
        return await ask(query, signal);
      } catch (error) {
        throw error instanceof LangfuseFailure ? tell(error, query) : error;
      }
    };

  const newest = asked((window: Window, signal) => listNewest(requests, routes, window, signal));

  return {
    place: baseUrl,
    origin: new URL(baseUrl).origin,
    advice: ADVICE,
    openedProject: createProjectReader(requests),
    read: asked((traceId, signal) => readTrace(requests, routes, traceId, signal)),
    // Here an id alone is always a trace's.
    sessionOf: () => Promise.resolve(null),
    readSession: asked(
      (sessionId: string, signal) => readSession(requests, routes, sessionId, signal),
      (failure, sessionId) => toSessionFailure(failure, baseUrl, sessionId),
    ),
    readEarlierTurns: asked((query, signal) => readEarlierTurns(requests, query, signal)),
    readScores: async (subject, signal) => readScores(requests, routes, subject, signal),
    listNewest: newest,
    // One page of each list holds some hundred turns.
    listSessions: async (window, _sessions, signal) => newest(window, signal),
    listAll: asked((window, signal) => listAll(requests, routes, window, signal)),
  };
}
