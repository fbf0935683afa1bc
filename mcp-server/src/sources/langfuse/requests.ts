import { setTimeout as sleep } from "node:timers/promises";
import { LangfuseAPIClient } from "@langfuse/core";
import type { Config } from "../../config.ts";
import { isRecord, own, text, toNumber, type JsonRecord } from "../../trace/values/json.ts";
import type { Subject } from "../../trace/rows/score.ts";
import { isFailure, LangfuseFailure, toFailure, type FailureKind } from "./failure.ts";
import { timeLeft } from "../time-limit.ts";
import { proxiedFetch } from "./proxied-fetch.ts";
import { sameOriginFetch } from "./same-origin-fetch.ts";
import { watchFetch } from "./watched-fetch.ts";

export type Query = { readonly [name: string]: string | number | boolean | undefined };
export type Page = { readonly rows: readonly unknown[]; readonly cursor: string | null };
export type NumberedPage = {
  readonly rows: readonly unknown[];
  readonly totalItems: number;
  readonly totalPages: number;
};

/** The routes that are read, each one request. Answers are unparsed JSON; failures are LangfuseFailures. */
export type Requests = {
  readonly observations: (query: Query, signal: AbortSignal) => Promise<Page>;
  /** `fields` as the server names them; the default is all but scores and metrics. */
  readonly trace: (traceId: string, signal: AbortSignal, fields?: string) => Promise<unknown>;
  readonly traces: (query: Query, signal: AbortSignal) => Promise<NumberedPage>;
  readonly legacyObservations: (query: Query, signal: AbortSignal) => Promise<NumberedPage>;
  /** The projects that the keys open, which is one. */
  readonly projects: (signal: AbortSignal) => Promise<readonly unknown[]>;
  /** One page of the scores of a trace or session; not sent again when it fails. */
  readonly scores: (route: ScoreRoute, subject: Subject, signal: AbortSignal) => Promise<readonly unknown[]>;
};

/** The routes of scores, the newest first. */
export const SCORE_ROUTES = ["v3/scores", "v2/scores"] as const;
export type ScoreRoute = (typeof SCORE_ROUTES)[number];
/** As many scores as a page holds. */
const MAX_SCORES = 100;

/** Requests in flight at once; Cloud's smallest plan allows 15 to 30 a minute, and self-hosted servers are small. */
const CONCURRENCY = 4;
/** Worth one more try after a moment. A stalled request is not: it has had its time. */
const RETRIED: readonly FailureKind[] = ["broken_off", "server_error", "too_slow"];
const RETRY_MS = 400;
/** What took longer to fail would again: a server whose database is stuck says so after 30 s (Langfuse 4.16). */
const RETRIED_WITHIN_MS = 10_000;
const DEFAULT_RETRY_AFTER_MS = 5000;

const UNWATCHED = globalThis.fetch;

/** Opens the API of one Langfuse server. Nothing is sent yet. */
export function createRequests(config: Config): Requests {
  // The API client takes no fetch of its own; this process makes no other requests.
  const reaching = config.proxies === null ? UNWATCHED : proxiedFetch(UNWATCHED, config.proxies);
  globalThis.fetch = watchFetch(sameOriginFetch(reaching), config.idleTimeoutMs);
  const client = new LangfuseAPIClient({
    environment: "",
    baseUrl: config.baseUrl,
    username: config.publicKey,
    password: config.secretKey,
  });
  const take = createGate(CONCURRENCY);

  const send = async (
    run: (options: object) => PromiseLike<unknown>,
    signal: AbortSignal,
    attempts = Infinity,
  ): Promise<JsonRecord> => {
    for (let attempt = 1; ; attempt += 1) {
      let sentAt = performance.now();
      try {
        // A signal of its own for each request: the client adds a listener to it and never takes it away.
        const options = { abortSignal: AbortSignal.any([signal]), maxRetries: 0, timeoutInSeconds: 900 };
        const ask = async (): Promise<JsonRecord> => {
          sentAt = performance.now();
          return parse(await run(options));
        };
        return await take(ask, signal);
      } catch (error) {
        const failure = toFailure(error, signal.aborted);
        const isQuick = performance.now() - sentAt < RETRIED_WITHIN_MS;
        const wait = waitBefore(failure, attempt === 1 && isQuick);
        // What would be over before the wait is, is over.
        if (attempt >= attempts || wait > timeLeft(signal)) throw failure;
        await sleep(wait, null, { signal }).catch(() => {
          // The call is over before the wait is.
          throw failure;
        });
      }
    }
  };

  return {
    observations: async (query, signal) => {
      const answer = await send((options) => client.observations.getMany(query, options), signal);
      return { rows: toRows(answer), cursor: text(own(metaOf(answer), "cursor")) };
    },
    trace: async (traceId, signal, fields = "core,io,observations,scores") => {
      const answer = await send((options) => client.trace.get(traceId, { fields }, options), signal);
      // Any JSON may come from a server that is no Langfuse; it must not pass for a trace without observations.
      if (!Array.isArray(own(answer, "observations"))) throw new LangfuseFailure("not_json");
      return answer;
    },
    traces: async (query, signal) => toNumbered(await send((options) => client.trace.list(query, options), signal)),
    legacyObservations: async (query, signal) =>
      toNumbered(await send((options) => client.legacy.observationsV1.getMany(query, options), signal)),
    projects: async (signal) => toRows(await send((options) => client.projects.get(options), signal)),
    scores: async (route, { kind, id }, signal) => {
      const query = { limit: MAX_SCORES, ...(kind === "trace" ? { traceId: id } : { sessionId: id }) };
      const answer = await send(
        (options) =>
          route === "v3/scores"
            ? client.scoresV3.getManyV3({ ...query, fields: "core,subject" }, options)
            : client.scores.getMany(query, options),
        signal,
        1,
      );
      return toRows(answer);
    },
  };
}

/** Milliseconds until the next try; throws the failure when there should be none. */
function waitBefore(failure: LangfuseFailure, mayRetry: boolean): number {
  if (failure.kind === "rate_limited") return failure.retryAfterMs ?? DEFAULT_RETRY_AFTER_MS;
  if (mayRetry && isFailure(failure, RETRIED)) return RETRY_MS;
  throw failure;
}

/** Lets at most `size` tasks run at once, first come first served. */
function createGate(size: number): <T>(task: () => Promise<T>, signal: AbortSignal) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (task, signal) => {
    if (running >= size) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      if (signal.aborted) throw new LangfuseFailure("stopped");
      return await task();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}

/** The API client returns a 200 that is no JSON as data; a JSON value that is no object is as odd. */
function parse(answer: unknown): JsonRecord {
  const error = isRecord(answer) && own(answer, "ok") === false ? own(answer, "error") : undefined;
  if (!isRecord(answer) || (isRecord(error) && own(error, "reason") === "non-json"))
    throw new LangfuseFailure("not_json");
  return answer;
}

function toRows(answer: JsonRecord): readonly unknown[] {
  const data = own(answer, "data");
  if (!Array.isArray(data)) throw new LangfuseFailure("not_json");
  return data;
}

function metaOf(answer: JsonRecord): JsonRecord {
  const meta = own(answer, "meta");
  return isRecord(meta) ? meta : {};
}

function toNumbered(answer: JsonRecord): NumberedPage {
  const meta = metaOf(answer);
  const count = (key: string): number => toNumber(own(meta, key)) ?? 0;
  return { rows: toRows(answer), totalItems: count("totalItems"), totalPages: count("totalPages") };
}
