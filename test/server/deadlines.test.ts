import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import { CallToolResultSchema } from "@modelcontextprotocol/sdk/types.js";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { createAuditor } from "../../mcp-server/src/auditor.ts";
import { DEADLINES } from "../../mcp-server/src/deadlines.ts";
import { createServer } from "../../mcp-server/src/server.ts";
import { FetchTraceOutput } from "../../mcp-server/src/tools/fetch-answer.ts";
import { PLUGIN_ROOT } from "../support/files/plugin-root.ts";
import {
  type FakeLangfuseOptions,
  type FakeRequest,
  type Fault,
  startFakeLangfuse,
} from "../support/langfuse/stand-in.ts";
import { KEYS } from "../support/mcp/client.ts";
import { apis, expectClear } from "../support/langfuse/faults.ts";
import { smallTurn } from "../support/langfuse/traces.ts";
import { sessionTurns } from "../support/langfuse/session-turns.ts";
import { read } from "../support/trace/steps.ts";

// An answer that comes byte by byte is never quiet for as long as the idle time-out, so that only the deadline ends it.
const TRICKLE = { trickleMs: 20 };
const IDLE_SECONDS = "0.5";
const DEADLINE_MS = 1000;

// Reading Langfuse in this process watches its fetch, and other files of tests run in it.
const unwatched = globalThis.fetch;
afterAll(() => {
  globalThis.fetch = unwatched;
});

type Options = Partial<FakeLangfuseOptions> & Pick<FakeLangfuseOptions, "generation">;
type Said = { readonly isError: boolean; readonly text: string; readonly data: unknown };

/**
 * The server's own code behind a real client, with short deadlines. In this process, because the deadlines of the bundle are
 * minutes and no setting; requests go over HTTP as always. Fails when anything is requested after the answer.
 */
async function ask(options: Options, selector: string, deadlineMs = DEADLINE_MS): Promise<Said> {
  const traces = Array.from({ length: 12 }, (_, at) => smallTurn(`turn-${at}`, 600 + at));
  const langfuse = await startFakeLangfuse({ traces, ...options });
  const env = { ...KEYS, LANGFUSE_BASE_URL: langfuse.url, LANGFUSE_TIMEOUT_SECONDS: IDLE_SECONDS };
  const deadlines = Object.fromEntries(Object.keys(DEADLINES).map((kind) => [kind, deadlineMs]));
  const auditor = createAuditor(env, { now: Date.now, random: () => 0 }, { ...DEADLINES, ...deadlines });
  const write = (): never => {
    throw new Error("nothing is written here");
  };
  const [near, far] = InMemoryTransport.createLinkedPair();
  const client = new Client({ name: "test", version: "1" });
  await Promise.all([createServer({ version: "1", auditor, write }).connect(far), client.connect(near)]);
  try {
    const answer = await client.callTool({ name: "fetch_trace", arguments: { selector } }, CallToolResultSchema);
    const { isError = false, content, structuredContent } = CallToolResultSchema.parse(answer);
    const sent = langfuse.requests.length;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(langfuse.requests).toHaveLength(sent);
    const text = content.map((part) => (part.type === "text" ? part.text : "")).join("");
    return { isError, text, data: structuredContent };
  } finally {
    await client.close();
    await langfuse.close();
  }
}

/** A request for one trace, and no list. */
const isRead = ({ path, query }: FakeRequest): boolean =>
  (query.has("traceId") && !path.endsWith("/scores")) || /\/traces\/./u.test(path);

describe.each(apis)("on $name, an answer that never goes quiet and never ends", ({ generation }) => {
  test.each(["turn-3", "last"])("is given up when the time for a call is up: %s", async (selector) => {
    const fault = (request: FakeRequest): Fault | undefined => (isRead(request) ? TRICKLE : undefined);
    const { isError, text } = await ask({ generation, fault }, selector);
    expect(isError).toBe(true);
    expectClear(text);
    expect(text).toContain("took longer than the call may take");
    expect(text).toContain(selector === "last" ? "the list of traces" : `trace "${selector}"`);
  });

  test("is given up when it is a list", async () => {
    for (const selector of ["last", "sample:3"]) {
      const { isError, text } = await ask({ generation, fault: () => TRICKLE }, selector);
      expect(isError).toBe(true);
      expectClear(text);
      expect(text).toContain("Reading the list of traces");
    }
  });

  test("ends a sample with what was read by then, and the rest is named", async () => {
    let reads = 0;
    const fault = (request: FakeRequest): Fault | undefined => {
      if (!isRead(request)) return undefined;
      reads += 1;
      return reads > 5 ? TRICKLE : undefined;
    };
    const { isError, data } = await ask({ generation, fault }, "sample:10");
    expect(isError).toBe(false);
    const { summaries, skipped, sample } = FetchTraceOutput.parse(data);
    expect(summaries).toHaveLength(5);
    expect(sample).toMatchObject({
      requested: 10,
      returned: 5,
      note: expect.stringContaining("ended after 5 of the 10"),
    });
    const read = new Set(summaries.map(({ trace_id }) => trace_id));
    expect(skipped).toHaveLength(5);
    expect(new Set([...read, ...skipped.map(({ trace_id }) => trace_id)]).size).toBe(10);
    const reasons = skipped.map(({ reason }) => reason);
    expect(reasons.filter((reason) => reason.includes("took longer than the call may take"))).toHaveLength(3);
    expect(reasons.filter((reason) => reason.startsWith("drawn, but not read any more"))).toHaveLength(2);
  });
});

test.each(apis)("a session that never comes costs a sample none of its traces on $name", async ({ generation }) => {
  const steps = [read("src/a.ts")];
  const traces = sessionTurns(Array.from({ length: 8 }, (_, at) => ({ id: `turn-${at}`, steps })));
  const fault = ({ query }: FakeRequest): Fault | undefined => (query.has("sessionId") ? TRICKLE : undefined);
  const sample = await ask({ generation, fault, traces }, "sample:8", 4000);
  expect(FetchTraceOutput.parse(sample.data)).toMatchObject({ sample: { returned: 8, note: null }, skipped: [] });
  const one = await ask({ generation, fault, traces }, "turn-7", 4000);
  const [summary] = FetchTraceOutput.parse(one.data).summaries;
  const codes = ["project_not_recorded", "session_not_read"];
  expect(summary).toMatchObject({ session: null, warnings: codes.map((code) => ({ code, count: 1 })) });
});

test("every call ends by itself before the client gives it up", () => {
  const Manifest = z.looseObject({ mcpServers: z.record(z.string(), z.looseObject({ timeout: z.number() })) });
  const manifest = Manifest.parse(JSON.parse(readFileSync(join(PLUGIN_ROOT, ".claude-plugin/plugin.json"), "utf8")));
  const timeout = manifest.mcpServers["langfuse"]?.timeout ?? 0;
  expect(DEADLINES).toMatchObject({ id: 110_000, last: 110_000, session: 110_000, sample: 280_000 });
  for (const deadline of Object.values(DEADLINES)) expect(deadline + 10_000).toBeLessThanOrEqual(timeout);
});
