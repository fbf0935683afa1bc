import { afterEach, describe, expect, test } from "vitest";
import { createLongTrace, readPairRows, readPairTrace, readRecordings, rowsOf, seedsFor } from "./recordings.ts";
import { ask, compareBody } from "./replay.ts";
import { asObject } from "./store.ts";
import {
  type FakeLangfuse,
  type FakeLangfuseOptions,
  type Fault,
  type LegacyTrace,
  type Generation,
  startFakeLangfuse,
} from "./stand-in.ts";

const open: FakeLangfuse[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map(async (server) => server.close()));
});

async function start(options: FakeLangfuseOptions): Promise<FakeLangfuse> {
  const server = await startFakeLangfuse(options);
  open.push(server);
  return server;
}

const v2 = "/api/public/v2/observations";
const allGroups = "limit=1000&fields=core,basic,time,io,metadata,model,usage,prompt,metrics,trace_context";

const servers = [
  ["v2.95.12", "v2.95"],
  ["v4.16.0-legacy", "v3"],
  ["v4.16.0-dual", "v4-dual"],
  ["v4.16.0-events_only", "v4-events-only"],
] as const satisfies readonly (readonly [string, Generation])[];

describe.each(servers)("recordings of %s", (version, generation) => {
  const recordings = readRecordings(version);

  test("are answered alike", async () => {
    const traces = seedsFor(generation, recordings);
    const syntheticRoot = new Set(traces.map((trace) => trace.id));
    const server = await start({ generation, traces, syntheticRoot });
    for (const recording of recordings) {
      const reply = await ask(server, recording.path, recording);
      expect(reply, recording.name).toMatchObject({
        status: recording.status,
        contentType: recording.contentType,
      });
      compareBody(reply.body, recording, generation);
    }
  });
});

describe("v2 rows", () => {
  const same = (row: object): object => ({ ...row, createdAt: null, updatedAt: null });

  test.each([
    "native-otel.interrupted",
    "native-otel.denied",
    "agent-sdk-openinference.rich",
    "docs-hook.rich-default",
    "official-plugin-v1-cleantranscript.denied",
  ])("of %s equal those of an events_only server", async (pair) => {
    const trace = readPairTrace(`${pair}.v1-trace`);
    const server = await start({ generation: "v4-events-only", traces: [trace] });
    const { body } = await ask(server, `${v2}?traceId=${trace.id}&${allGroups}`);
    const expected = readPairRows(`${pair}.v2-observations`);
    expect(rowsOf(body).map(same)).toEqual(expected.map(same));
  });

  test.each(["native-otel.interrupted", "agent-sdk-openinference.rich"])(
    "of %s equal those of a dual server's batch job",
    async (pair) => {
      const trace = readPairTrace(`${pair}.v1-trace`);
      const syntheticRoot = new Set([trace.id]);
      const server = await start({ generation: "v4-dual", traces: [trace], syntheticRoot });
      const { body } = await ask(server, `${v2}?traceId=${trace.id}&${allGroups}`);
      const expected = readPairRows(`${pair}.dual-v2-observations`);
      expect(rowsOf(body)).toEqual(expected);
    },
  );

  test("are cut to 200 characters of metadata unless io or expandMetadata is asked for", async () => {
    const trace = {
      id: "wordy",
      timestamp: "2026-11-23T01:00:00.000Z",
      observations: createLongTrace("wordy", 1).observations.map((one) => ({
        ...one,
        metadata: {
          attributes: { user_prompt: "é".repeat(500) },
          nested: { list: ["x".repeat(300)] },
        },
      })),
    };
    const server = await start({ generation: "v4-events-only", traces: [trace] });
    const longest = async (query: string): Promise<number> => {
      const { body } = await ask(server, `${v2}?traceId=${trace.id}&${query}`);
      const values = rowsOf(body).flatMap((row) => Object.values(asObject(row.metadata)));
      return Math.max(...values.map((value) => (typeof value === "string" ? value.length : 0)));
    };
    expect(await longest("fields=core,metadata")).toBe(200);
    expect(await longest("fields=core,io,metadata")).toBe(500);
    expect(await longest("fields=core,metadata&expandMetadata=x")).toBe(500);
  });
});

test.each(["docs-hook.rich-default", "official-plugin-v1-cleantranscript.denied"])(
  "%s is shown as a 2.95 server does",
  async (pair) => {
    const trace = readPairTrace(`${pair}.v1-trace`);
    const server = await start({ generation: "v2.95", traces: [trace] });
    const expected = readPairTrace(`${pair}.v2.95-trace`);
    const { body } = await ask(server, `/api/public/traces/${trace.id}`);
    // ids and times of arrival differ; of equal starts, the order too
    const compared = (one: object): string => {
      const { name, type, startTime, metadata, input, output, level, usage } = asObject(one);
      return JSON.stringify({ name, type, startTime, metadata, input, output, level, usage });
    };
    const { observations, ...actual } = asObject(body);
    const rows: unknown[] = Array.isArray(observations) ? observations : [];
    expect(new Set(rows.map((row) => compared(asObject(row))))).toEqual(new Set(expected.observations.map(compared)));
    expect(Object.keys(asObject(rows[0])).toSorted()).toEqual(
      Object.keys(asObject(expected.observations[0])).toSorted(),
    );
    const { metadata, input, output, latency, tags, name } = expected;
    expect(actual).toMatchObject({ metadata, input, output, latency, tags, name });
  },
);

test("100,000 observations are converted once and paged in bounded time", async () => {
  const server = await start({
    generation: "v4-dual",
    traces: [createLongTrace("long", 100_000)],
  });
  const seen = new Set<unknown>();
  for (let cursor = ""; ;) {
    const { body } = await ask(server, `${v2}?traceId=long&limit=1000&cursor=${cursor}`);
    for (const row of rowsOf(body)) seen.add(row.id);
    const next = asObject(asObject(body).meta).cursor;
    if (typeof next !== "string") break;
    cursor = encodeURIComponent(next);
  }
  expect(seen.size).toBe(100_000);
  expect(server.requests).toHaveLength(100);
});

describe("the stand-in", () => {
  const traces = [createLongTrace("one", 3), createLongTrace("two", 3)];
  const path = `${v2}?limit=2`;
  const statusOf = async (server: FakeLangfuse, at: string, auth = "ok"): Promise<number> =>
    (await ask(server, at, { auth })).status;

  test("closes v2/observations after authentication and parameter checks on 3.150", async () => {
    const server = await start({ generation: "v3.150", traces });
    expect(await ask(server, path)).toMatchObject({
      status: 501,
      body: { message: "v2 APIs are currently in beta and only available on Langfuse Cloud" },
    });
    expect(await statusOf(server, path, "badkey")).toBe(401);
    expect(await statusOf(server, `${v2}?limit=1001`)).toBe(400);
  });

  test("serves below a base path and redirects trailing slashes", async () => {
    const server = await start({ generation: "v4-dual", traces, basePath: "/langfuse" });
    const reply = await ask(server, "/api/public/traces/");
    expect(reply.status).toBe(308);
    expect(reply.headers.get("location")).toBe("/langfuse/api/public/traces");
    expect(await statusOf(server, "/api/public/traces/one")).toBe(200);
    const outside = await fetch(new URL("/api/public/health", server.url));
    expect([outside.status, outside.headers.get("content-type")]).toEqual([404, "text/html; charset=utf-8"]);
  });

  test("honours filters and refuses those it cannot judge", async () => {
    const named = traces.map((trace) => ({ ...trace, tags: [trace.id], name: `Turn ${trace.id}` }));
    const server = await start({ generation: "v4-dual", traces: named });
    const ids = async (at: string, filter: object): Promise<unknown[]> => {
      const reply = await ask(server, `${at}filter=${encodeURIComponent(JSON.stringify([filter]))}`);
      return reply.status === 200 ? rowsOf(reply.body).map((row) => row.id) : [reply.status];
    };
    const prefix = { type: "string", operator: "starts with", value: "Turn o" };
    expect(await ids("/api/public/traces?", { ...prefix, column: "name" })).toEqual(["one"]);
    const roots = `${v2}?isRootObservation=true&`;
    expect(await ids(roots, { ...prefix, column: "traceName" })).toEqual(["many-0"]);
    const tag = { type: "arrayOptions", column: "tags", operator: "any of", value: ["two", "x"] };
    expect(await ids("/api/public/traces?", tag)).toEqual(["two"]);
    expect(await ids(roots, { ...tag, column: "nonsense" })).toEqual([400]);
    expect(await ids(roots, { ...tag, operator: "sounds like" })).toEqual([400]);
  });

  test("limits the rate of authorized requests", async () => {
    const rateLimit = { requests: 1, windowSeconds: 60 };
    const server = await start({ generation: "v4-dual", traces, rateLimit });
    expect(await statusOf(server, path, "badkey")).toBe(401);
    expect(await statusOf(server, path)).toBe(200);
    const { status, headers, body } = await ask(server, path);
    expect(status).toBe(429);
    expect(body).toMatchObject({ code: "rate_limited", details: { limit: 1, remaining: 0 } });
    expect(Number(headers.get("retry-after"))).toBeGreaterThan(50);
    expect(headers.get("x-ratelimit-remaining")).toBe("0");
    expect(server.requests.map((request) => request.status)).toEqual([401, 200, 429]);
  });

  test("breaks connections and answers as told", async () => {
    const faults: (Fault | undefined)[] = [
      "reset",
      "half-body",
      { status: 503, body: { message: "down" } },
      { body: "<html></html>", contentType: "text/html" },
      { delayMs: 20 },
      "hang",
    ];
    const server = await start({ generation: "v4-dual", traces, fault: () => faults.shift() });
    await expect(ask(server, path)).rejects.toThrow("fetch failed");
    await expect(ask(server, path)).rejects.toThrow("terminated");
    expect(await ask(server, path)).toMatchObject({ status: 503, body: { message: "down" } });
    expect(await ask(server, path)).toMatchObject({ status: 200, body: "<html></html>" });
    expect(await statusOf(server, path)).toBe(200);
    const signal = AbortSignal.timeout(50);
    await expect(fetch(`${server.url}${path}`, { signal })).rejects.toThrow("timeout");
    expect(server.requests.map((request) => request.status)).toEqual([0, 200, 503, 200, 200, 0]);
  });

  test("shows data as it comes and goes", async () => {
    const lateInV2 = new Set(["one"]);
    const withoutRootMark = new Set(["two"]);
    const below = ({ observations, ...trace }: LegacyTrace): LegacyTrace => ({
      ...trace,
      observations: observations.map((one) => ({ ...one, parentObservationId: one.parentObservationId ?? "unsent" })),
    });
    const late = traces.map((trace) => (withoutRootMark.has(trace.id) ? below(trace) : trace));
    const options = { traces: late, lateInV2, withoutRootMark, latencyMs: 200 };
    const server = await start({ generation: "v4-dual", ...options });
    const seen = async (query: string): Promise<number> => rowsOf((await ask(server, `${v2}?${query}`)).body).length;
    expect(await Promise.all([seen("traceId=one"), seen("traceId=two")])).toEqual([0, 3]);
    expect(server.maxConcurrent).toBe(2);
    expect(await seen("isRootObservation=true")).toBe(0);
    lateInV2.clear();
    expect(await seen("isRootObservation=true")).toBe(1);
    server.replaceTrace(createLongTrace("one", 7));
    server.removeTrace("two");
    server.addTrace(createLongTrace("three", 2));
    expect(await seen("limit=100")).toBe(9);
  });
});
