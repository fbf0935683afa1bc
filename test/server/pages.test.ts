import { Summary } from "../../mcp-server/src/trace/summary/schema.ts";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../support/files/temporary.ts";
import type { FakeRequest, Fault } from "../support/langfuse/stand-in.ts";
import { KEYS, startServer, withLangfuse, type WorldOptions } from "../support/mcp/client.ts";
import { startSlowServer } from "../support/langfuse/slow-server.ts";
import { longTurn, readFixture, smallTurn } from "../support/langfuse/traces.ts";
import { apis, expectClear, json, message } from "../support/langfuse/faults.ts";

const turn = smallTurn("turn", 600);

describe("slow answers", () => {
  const rows = turn.observations.map((one) => ({
    ...one,
    traceId: "turn",
    isRootObservation: one.parentObservationId === null,
  }));
  const body = JSON.stringify({ data: rows, meta: {} });
  const withSlow = async (pace: Parameters<typeof startSlowServer>[1], seconds: string) => {
    const slow = await startSlowServer(body, pace);
    const env = { ...KEYS, LANGFUSE_BASE_URL: slow.url, LANGFUSE_TIMEOUT_SECONDS: seconds };
    const server = await startServer({ env, cwd: temporaryFolder("project") });
    const answer = await server.call("fetch_trace", { selector: "turn" });
    await server.close();
    await slow.close();
    return answer;
  };

  test("may take longer than the time-out as long as something comes", async () => {
    const answer = await withSlow({ pieces: 10, pauseMs: 100 }, "0.6");
    expect(answer).toMatchObject({ isError: false, data: { summaries: [{ trace_id: "turn" }] } });
  });

  test("that stop in the middle are given up", async () => {
    const answer = await withSlow({ pieces: 10, pauseMs: 20, stopAfter: 5 }, "0.4");
    expect(answer.isError).toBe(true);
    expect(answer.text).toContain("LANGFUSE_TIMEOUT_SECONDS");
    expectClear(answer.text);
  });
});

describe("pages", () => {
  let change = (): void => {};
  const long = longTurn("long", 1500, 600);
  const [v2, legacy] = apis;
  const countOf = (answer: {
    readonly summaries: readonly { readonly tool_usage: Readonly<Record<string, number>> }[];
  }) => answer.summaries[0]?.tool_usage["read"];

  test("of a trace that is too large for one legacy answer are read instead", async () => {
    const traces = [readFixture("official-plugin-v1-cleantranscript/rich-default"), longTurn("long", 350, 600)];
    for (const { id } of traces) {
      const whole = await withLangfuse({ generation: "v3", traces }, async ({ server }) => server.fetch(id));
      const tooLarge = { status: 422, body: message("x", "PayloadTooLargeError") };
      const fault = ({ path }: FakeRequest): Fault | undefined => (path.includes("/traces/") ? tooLarge : undefined);
      await withLangfuse({ generation: "v3", traces, fault }, async ({ server }) => {
        // The pages do not say which session the trace is of.
        const alone = whole.summaries.map((summary) => ({
          ...summary,
          session: null,
          turns: Summary.parse(summary).turns.map((row) => ({ ...row, turn: null })),
        }));
        expect((await server.fetch(id)).summaries).toEqual(alone);
      });
    }
  });

  test("that are too heavy on v2/observations are asked for in smaller ones", async () => {
    const traces = [longTurn("long", 350, 600)];
    const whole = await withLangfuse({ traces }, async ({ server }) => server.fetch("long"));
    const fault = ({ query }: FakeRequest): Fault | undefined =>
      Number(query.get("limit")) > 100 ? { status: 422, body: message("x", "Request timed out") } : undefined;
    await withLangfuse({ traces, fault }, async ({ server }) => {
      expect((await server.fetch("long")).summaries).toEqual(whole.summaries);
    });
  });

  test("whose cursor comes again, or never ends, end in a summary with a counted warning", async () => {
    const rows = turn.observations.map((one) => ({ ...one, traceId: "turn" }));
    const once = await withLangfuse({ generation: v2.generation, traces: [turn] }, async ({ server }) =>
      server.fetch("turn"),
    );
    for (const next of [() => "same", (at: number) => `cursor-${at}`, (at: number) => `cursor-${at % 2}`]) {
      let at = 0;
      const fault = (request: FakeRequest): Fault | undefined => {
        if (!v2.isRead(request)) return undefined;
        at += 1;
        return json({ data: rows, meta: { cursor: next(at) } });
      };
      await withLangfuse({ fault }, async ({ server, langfuse }) => {
        const { summaries } = await server.fetch("turn");
        expect(summaries[0]).toMatchObject({ tool_usage: once.summaries[0]?.tool_usage, outcome: "success" });
        expect(JSON.stringify(summaries[0])).toContain('{"code":"repeated_page","count":1}');
        expect(langfuse.requests.length).toBeLessThan(5);
      });
    }
  });

  test("that change while they are read give no row twice and no wrong count without a warning", async () => {
    const tooLarge = { status: 422, body: message("x", "PayloadTooLargeError") };
    let page = 0;
    const world: WorldOptions = {
      generation: legacy.generation,
      traces: [long],
      fault: ({ path }) => (path.includes("/traces/") ? tooLarge : undefined),
    };
    await withLangfuse(world, async ({ server }) => {
      expect(countOf(await server.fetch("long"))).toBe(1500);
    });
    await withLangfuse(
      {
        ...world,
        fault: (request) => {
          if (request.path.includes("/traces/")) return tooLarge;
          if (request.path.endsWith("/public/observations")) page += 1;
          if (page === 5) change();
          return undefined;
        },
      },
      async ({ server, langfuse }) => {
        // Rows vanish from the front, so that those behind them move to pages that were read already.
        change = () => langfuse.replaceTrace({ ...long, observations: long.observations.slice(0, 1000) });
        const answer = await server.fetch("long");
        const count = countOf(answer) ?? 0;
        expect(count).toBeLessThanOrEqual(1500);
        expect(new Set(long.observations.map(({ id }) => id)).size).toBe(1502);
        if (count < 998) expect(JSON.stringify(answer.summaries[0])).toContain("rows_missing");
      },
    );
  });

  test("of a trace that grows while it is read give what was there, and later the rest", async () => {
    let asked = 0;
    let grow = (): void => {};
    const fault = (request: FakeRequest): undefined => {
      if (v2.isRead(request)) asked += 1;
      if (asked === 2) grow();
    };
    const grown = longTurn("long", 1700, 500);
    await withLangfuse({ traces: [long], fault }, async ({ server, langfuse }) => {
      grow = () => langfuse.replaceTrace(grown);
      const first = await server.fetch("long");
      const count = countOf(first) ?? 0;
      expect(count).toBeGreaterThan(900);
      expect(count).toBeLessThanOrEqual(1700);
      const written = await server.write("long");
      expect(countOf(await server.fetch("long"))).toBe(1700);
      expect(await server.write("long")).toMatchObject({ path: written.path, status: "replaced" });
    });
  });
});

describe("a list that fails on one page", () => {
  test("ends the call, and what was waiting is not sent any more", async () => {
    const traces = Array.from({ length: 3000 }, (_, at) => smallTurn(`turn-${at}`, 600 + at));
    const fault = ({ query }: FakeRequest): Fault | undefined =>
      query.get("page") === "3" ? { status: 400, body: message("no") } : undefined;
    await withLangfuse({ generation: "v3", traces, fault, latencyMs: 20 }, async ({ server, langfuse }) => {
      expectClear(await server.failure("sample:2"));
      const sent = langfuse.requests.length;
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(langfuse.requests).toHaveLength(sent);
      expect(sent).toBeLessThan(15);
    });
  });
});
