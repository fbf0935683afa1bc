import { describe, expect, test } from "vitest";
import { createTraceReducer } from "../../mcp-server/src/trace/rows/reducer.ts";
import { assess } from "../../mcp-server/src/trace/summary/summary.ts";
import { select } from "../../mcp-server/src/sources/select/select.ts";
import { EVERY_PROJECT } from "../../mcp-server/src/sources/select/this-project.ts";
import type { Source } from "../../mcp-server/src/sources/port.ts";
import type { Generation, LegacyTrace } from "../support/langfuse/stand-in.ts";
import { withLangfuse } from "../support/mcp/client.ts";
import { otherTrace, smallTurn } from "../support/langfuse/traces.ts";

const DAY = 86_400;
const both = ["v3", "v4-events-only"] as const satisfies readonly Generation[];
const some = ["v2.95", "v4-dual", "v4-events-only"] as const satisfies readonly Generation[];
const idsOf = ({ summaries }: { readonly summaries: readonly { readonly trace_id: string }[] }): string[] =>
  summaries.map(({ trace_id }) => trace_id);

const unended = (one: Observation): Observation => (one.type === "TOOL" ? { ...one, endTime: null } : one);

type Observation = LegacyTrace["observations"][number];
/** A turn whose prompt is nothing but what the system put there. */
const phantom = (id: string, secondsAgo: number): LegacyTrace =>
  smallTurn(id, secondsAgo, "<system-reminder>The date has changed.</system-reminder>");

describe("sample:N", () => {
  const turns = Array.from({ length: 12 }, (_, at) => smallTurn(`turn-${at}`, 600 + at * DAY));
  const open = smallTurn("open", 300);
  const noise = [
    { ...open, observations: open.observations.filter(({ type }) => type !== "GENERATION").map(unended) },
    phantom("phantom", 400),
    smallTurn("fresh", 10),
    otherTrace("other", 100),
  ];

  test.each(some)("draws without repeats from what qualifies in 30 days (%s)", async (generation) => {
    const traces = [...turns, ...noise, smallTurn("ancient", 40 * DAY)];
    await withLangfuse({ generation, traces }, async ({ server }) => {
      const answer = await server.fetch("sample:8");
      const ids = idsOf(answer);
      expect(new Set(ids).size).toBe(8);
      expect(ids.filter((id) => !id.startsWith("turn-"))).toEqual([]);
      expect(answer.source.population).toBe(turns.length + 3);
      expect(answer.sample).toMatchObject({ requested: 8, returned: 8, note: null });
      const skipped = answer.skipped.map(({ trace_id }) => trace_id);
      expect(["open", "phantom", "fresh"]).toEqual(expect.arrayContaining(skipped));
    });
  });

  test("gives what there is when there are fewer, and says so", async () => {
    await withLangfuse({ traces: [...turns.slice(0, 2), ...noise] }, async ({ server }) => {
      const answer = await server.fetch("sample:5");
      expect(idsOf(answer).toSorted()).toEqual(["turn-0", "turn-1"]);
      expect(answer.sample).toMatchObject({ requested: 5, returned: 2 });
      expect(answer.sample?.note).toContain("2 of the 5");
      expect(answer.skipped.map(({ trace_id }) => trace_id).toSorted()).toEqual(["fresh", "open", "phantom"]);
    });
  });

  test("names the traces that could not be read and returns the rest", async () => {
    const fault = ({ query, path }: { readonly query: URLSearchParams; readonly path: string }) =>
      query.get("traceId") === "turn-1" || path.endsWith("/traces/turn-1")
        ? { status: 400, body: { message: "no" } }
        : undefined;
    for (const generation of both) {
      await withLangfuse({ generation, traces: turns.slice(0, 3), fault }, async ({ server }) => {
        const answer = await server.fetch("sample:3");
        expect(idsOf(answer).toSorted()).toEqual(["turn-0", "turn-2"]);
        expect(answer.skipped).toMatchObject([{ trace_id: "turn-1", reason: expect.stringContaining("HTTP 400") }]);
      });
    }
  });

  test("pages through a window that one answer does not hold", async () => {
    const traces = Array.from({ length: 1100 }, (_, at) => otherTrace(`other-${at}`, 100 + at));
    for (const generation of some) {
      await withLangfuse(
        { generation, traces: [smallTurn("first", 90), ...traces, smallTurn("end", 9000)] },
        async ({ server }) => {
          expect(idsOf(await server.fetch("sample:2")).toSorted(), generation).toEqual(["end", "first"]);
        },
      );
    }
  });

  test("says so when the window holds more traces than could be listed", async () => {
    const traces = Array.from({ length: 10_050 }, (_, at) => otherTrace(`other-${at}`, 100 + at));
    await withLangfuse(
      { generation: "v3", traces: [smallTurn("newest", 90), ...traces] },
      async ({ server, langfuse }) => {
        const answer = await server.fetch("sample:1");
        expect(idsOf(answer)).toEqual(["newest"]);
        expect(answer.sample?.note).toContain("more traces than could be listed");
        expect(langfuse.requests.length).toBeLessThan(110);
      },
    );
  });

  test("is uniform: every pair of five comes as often as any other", async () => {
    const ids = ["a", "b", "c", "d", "e"];
    const read = (id: string) => {
      const reducer = createTraceReducer(id);
      reducer.addTrace(smallTurn(id, 600));
      return { ...assess(reducer.finish()), api: "legacy" as const, scores: [] };
    };
    const known = new Map([...ids, "open"].map((id) => [id, read(id)]));
    let seed = 20_260_101;
    const random = (): number => {
      // mulberry32: seeded, so that the test gives the same verdict on each run.
      seed = (seed + 0x6d2b79f5) | 0;
      let mixed = Math.imul(seed ^ (seed >>> 15), seed | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    };
    const candidates = [...known.keys()].map((traceId) => ({
      traceId,
      name: null,
      end: 0,
      isClaudeCode: true,
      session: null,
    }));
    const source: Source = {
      read: async (id) => {
        const trace = known.get(id);
        if (trace === undefined) throw new Error(`no trace ${id}`);
        return id === "open" ? { ...trace, incompleteReason: "not completed" } : trace;
      },
      sessionOf: async () => null,
      readSession: async () => ({ api: "legacy", traces: [], runningId: null, warnings: [] }),
      readEarlierTurns: async () => ({ turns: [], isWhole: true }),
      readScores: async () => [],
      listNewest: async () => ({ api: "legacy", candidates, isCut: false }),
      listSessions: async () => ({ api: "legacy", candidates, isCut: false }),
      listAll: async () => ({ api: "legacy", candidates, isCut: false }),
      place: "here",
      origin: null,
      openedProject: async () => null,
      advice: "",
    };
    const runs = 4000;
    const pairs = new Map<string, number>();
    const { signal } = new AbortController();
    const call = {
      source,
      project: EVERY_PROJECT,
      history: async () => Promise.resolve(null),
      outcomeScore: null,
      signal,
      now: Date.now(),
      random,
      progress: () => {},
    };
    for (let run = 0; run < runs; run += 1) {
      const { summaries } = await select(call, { kind: "sample", size: 2 });
      const pair = idsOf({ summaries }).toSorted().join("");
      pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
    }
    expect(pairs.size).toBe(10);
    const expected = runs / 10;
    const chiSquare = [...pairs.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // The 99.9 % point of chi-square with nine degrees of freedom.
    expect(chiSquare).toBeLessThan(27.9);
  });
});
