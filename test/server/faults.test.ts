import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { FakeRequest, Fault } from "../support/langfuse/stand-in.ts";
import { openWorld, withLangfuse } from "../support/mcp/client.ts";
import { smallTurn } from "../support/langfuse/traces.ts";
import { MARK, apis, expectClear, json, message } from "../support/langfuse/faults.ts";

const turn = smallTurn("turn", 600);

describe.each(apis)("every answer of $name that is none", (api) => {
  const rows: readonly (readonly [string, Fault, RegExp])[] = [
    ["400", { status: 400, body: message("Invalid request data") }, /refused the request .*\(HTTP 400\)/u],
    ["401", { status: 401, body: message("Invalid credentials.") }, /refused the API keys \(HTTP 401\)/u],
    ["403", { status: 403, body: message("Access denied") }, /does not let these keys read traces \(HTTP 403\)/u],
    ["404 in HTML", { status: 404, body: `<html>${MARK}</html>` }, /not as a Langfuse API \(HTTP 404\)/u],
    ["408", { status: 408, body: message("slow") }, /took too long .*\(HTTP 408\)/u],
    ["410", { status: 410, body: message("Gone") }, /not as a Langfuse API \(HTTP 4\d\d\)/u],
    [
      "422 too large",
      { status: 422, body: message("x", "PayloadTooLargeError") },
      /too large for one answer .*\(HTTP 422\)|too large for one answer \(HTTP 422\)/u,
    ],
    ["422 timed out", { status: 422, body: message("x", "Request timed out") }, /took too long .*\(HTTP 422\)/u],
    ["500", { status: 500, body: message("Internal Server Error") }, /failed while reading .*\(HTTP 500\)/u],
    ["500 timeout", { status: 500, body: message("Timeout error") }, /took too long .*\(HTTP 500\)/u],
    ["503", { status: 503, body: `down ${MARK}` }, /failed while reading .*\(HTTP 503\)/u],
    ["524", { status: 524, body: `<html>${MARK}` }, /took too long .*\(HTTP 524\)/u],
    ["HTML with 200", { body: `<html>${MARK}</html>`, contentType: "text/html" }, /not Langfuse's JSON/u],
    ["nothing with 200", { body: "", contentType: "application/json" }, /not Langfuse's JSON/u],
    ["another JSON", json({ status: "OK", version: MARK }), /not Langfuse's JSON/u],
    ["a JSON list", json([MARK]), /not Langfuse's JSON/u],
    ["null", json(null), /not Langfuse's JSON/u],
    ["data that is no list", json({ data: MARK, observations: MARK }), /not Langfuse's JSON/u],
    ["a redirect to a login page", { status: 302, headers: { location: "/login" } }, /not as a Langfuse API/u],
    ["half a body", "half-body", /broke off while sending/u],
    ["a reset connection", "reset", /broke off while sending/u],
  ];

  let present: Fault | undefined;
  let world: Awaited<ReturnType<typeof openWorld>>;
  beforeAll(async () => {
    const fault = (request: FakeRequest): Fault | undefined => (api.isRead(request) ? present : undefined);
    world = await openWorld({ generation: api.generation, traces: [turn], fault });
  });
  afterAll(async () => world.close());

  test.each(rows)("%s is one clear error, and is over when the fault is", async (_name, fault, expected) => {
    const { server } = world;
    present = fault;
    const selectors = ["turn", "last", "sample:1"];
    for (const said of await Promise.all(selectors.map(async (selector) => server.failure(selector)))) {
      expect(said).toMatch(expected);
      expectClear(said);
    }
    present = undefined;
    for (const selector of selectors) expect((await server.fetch(selector)).summaries).toHaveLength(1);
    expect(server.stderr()).toBe("");
  });

  test("silence ends in an error after LANGFUSE_TIMEOUT_SECONDS, without another try", async () => {
    const options = { generation: api.generation, traces: [turn], env: { LANGFUSE_TIMEOUT_SECONDS: "0.3" } };
    const fault = (request: FakeRequest): Fault | undefined => (api.isRead(request) ? "hang" : undefined);
    await withLangfuse({ ...options, fault }, async ({ server, langfuse }) => {
      const said = await server.failure("turn");
      expect(said).toContain("LANGFUSE_TIMEOUT_SECONDS");
      expectClear(said);
      expect(langfuse.requests.filter(api.isRead)).toHaveLength(1);
    });
  });

  test("a passing fault is overcome by one more try", async () => {
    const passing: readonly Fault[] = ["reset", "half-body", { status: 500 }, { status: 503 }, { status: 524 }];
    const now: Fault[] = [];
    const fault = (request: FakeRequest): Fault | undefined => (api.isRead(request) ? now.shift() : undefined);
    await withLangfuse({ generation: api.generation, traces: [turn], fault }, async ({ server }) => {
      const { summaries } = await server.fetch("turn");
      for (const one of passing) {
        now.push(one);
        expect((await server.fetch("turn")).summaries, JSON.stringify(one)).toEqual(summaries);
        expect(now).toEqual([]);
      }
    });
  });

  test("a rate limit is waited for, as long as the server says", async () => {
    const limited: Fault[] = [
      { status: 429, headers: { "retry-after": "1" }, body: { message: MARK } },
      { status: 429, body: { code: "rate_limited", details: { retryAfterSeconds: 0 } } },
    ];
    const fault = (request: FakeRequest): Fault | undefined => (api.isRead(request) ? limited.shift() : undefined);
    await withLangfuse({ generation: api.generation, traces: [turn], fault }, async ({ server, langfuse }) => {
      expect(await server.fetch("turn")).toMatchObject({ summaries: [{ trace_id: "turn" }] });
      expect(langfuse.requests.filter(api.isRead).map(({ status }) => status)).toEqual([429, 429, 200]);
    });
  });

  test("an answer under another content type is read", async () => {
    const { generation } = api;
    await withLangfuse({ generation, traces: [turn] }, async ({ server, langfuse }) => {
      const { summaries } = await server.fetch("turn");
      const from = langfuse.requests.find(api.isRead);
      const authorization = `Basic ${Buffer.from("pk-lf-test:sk-lf-test").toString("base64")}`;
      const url = `${langfuse.url}${from?.path}?${from?.query.toString()}`;
      const body = await (await fetch(url, { headers: { authorization } })).text();
      const fault = (request: FakeRequest): Fault | undefined =>
        api.isRead(request) ? { body, contentType: "text/plain" } : undefined;
      await withLangfuse({ generation, traces: [], fault }, async (odd) => {
        expect((await odd.server.fetch("turn")).summaries).toEqual(summaries);
      });
    });
  });

  test("cancelling a call stops its requests, and the server goes on", async () => {
    const traces = Array.from({ length: 40 }, (_, at) => smallTurn(`turn-${at}`, 600 + at));
    const { generation } = api;
    await withLangfuse({ generation, traces, latencyMs: 30 }, async ({ server, langfuse }) => {
      const stop = new AbortController();
      const call = server.call("fetch_trace", { selector: "sample:40" }, { signal: stop.signal });
      const failed = expect(call).rejects.toThrow("abort");
      await expect.poll(() => langfuse.requests.length, { timeout: 10_000 }).toBeGreaterThan(8);
      stop.abort();
      await failed;
      expect((await server.fetch("turn-0")).summaries).toHaveLength(1);
      const sent = langfuse.requests.length;
      expect(sent).toBeLessThan(30);
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(langfuse.requests).toHaveLength(sent);
    });
  });
});
