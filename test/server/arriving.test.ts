import { Summary } from "../../mcp-server/src/trace/summary/schema.ts";
import { describe, expect, test } from "vitest";
import type { FakeRequest, Fault, LegacyTrace } from "../support/langfuse/stand-in.ts";
import { message } from "../support/langfuse/faults.ts";
import { sessionTurns } from "../support/langfuse/session-turns.ts";
import { longTurn, readFixture, smallTurn } from "../support/langfuse/traces.ts";
import { withLangfuse } from "../support/mcp/client.ts";
import { edit, read } from "../support/trace/steps.ts";

const ARRIVING = "rows_may_still_arrive";
const both = ["v3", "v4-events-only"] as const;

/** A turn that is still being sent: OpenTelemetry exports the root last. */
function withoutRoot(id: string, secondsAgo: number): LegacyTrace {
  const turn = smallTurn(id, secondsAgo);
  return { ...turn, observations: turn.observations.slice(1) };
}

describe.each(both)("a trace that is younger than a minute (%s)", (generation) => {
  const traces = [withoutRoot("growing", 5), smallTurn("fresh", 20), smallTurn("older", 300), withoutRoot("cut", 400)];

  test("says that its rows may still be arriving", async () => {
    await withLangfuse({ generation, traces }, async ({ server }) => {
      for (const { id } of traces) {
        const { summaries } = await server.fetch(id);
        const codes = Summary.parse(summaries[0]).warnings.map(({ code }) => code);
        expect(codes.includes(ARRIVING), id).toBe(id === "growing" || id === "fresh");
      }
    });
  });

  test("is named by `last`, which takes an older one", async () => {
    await withLangfuse({ generation, traces }, async ({ server }) => {
      const { summaries, skipped } = await server.fetch("last");
      expect(summaries).toMatchObject([{ trace_id: "older" }]);
      const reasons = new Map(skipped.map(({ trace_id, reason }) => [trace_id, reason]));
      for (const id of ["growing", "fresh"]) expect(reasons.get(id)).toContain("its rows may still be arriving");
    });
  });
});

describe("a server in write mode dual that has copied a part of a trace", () => {
  const turns = sessionTurns(
    ["first", "second"].map((id) => ({ id, steps: [read("a.ts"), edit("a.ts"), read("b.ts")] })),
  );
  const ids = new Set(turns.map(({ id }) => id));
  const lateRows = new Set(turns.flatMap(({ observations }) => observations.slice(-3).map(({ id }) => id)));

  test.each(["second", "session:s1"])("is asked for the rest on the older route: %s", async (selector) => {
    const whole = await withLangfuse({ generation: "v3", traces: turns }, async ({ server }) => server.fetch(selector));
    const dual = { generation: "v4-dual", traces: turns, syntheticRoot: ids } as const;
    await withLangfuse({ ...dual, lateRows }, async ({ server }) => {
      const answer = await server.fetch(selector);
      expect(answer.source.api).toBe("legacy");
      expect(answer.summaries.map(({ tool_usage }) => tool_usage)).toEqual(
        whole.summaries.map(({ tool_usage }) => tool_usage),
      );
    });
    // With all rows there, or where nothing says that they come late, the new route is enough.
    for (const option of [{ lateRows: new Set<string>() }, { lateRows, syntheticRoot: new Set<string>() }]) {
      await withLangfuse({ ...dual, ...option }, async ({ server, langfuse }) => {
        expect((await server.fetch(selector)).source.api).toBe("v2/observations");
        expect(langfuse.requests.filter(({ path }) => path.includes("/traces/"))).toEqual([]);
      });
    }
  });

  test("is believed when the older route fails", async () => {
    const fault = ({ path }: FakeRequest): Fault | undefined =>
      path.endsWith("/public/observations") ? { status: 500, body: message("Internal Server Error") } : undefined;
    const dual = { generation: "v4-dual", traces: turns, syntheticRoot: ids, lateRows, fault } as const;
    await withLangfuse(dual, async ({ server }) => {
      expect(await server.fetch("second")).toMatchObject({ source: { api: "v2/observations" } });
    });
  });
});

describe("a server that fails when an answer is too big", () => {
  const plugin = readFixture("official-plugin-v1-cleantranscript/rich-default");
  const traces = [longTurn("long", 130, 600), plugin];
  const tooBig: Fault = { status: 502, body: "<html>" };

  test.each([100, 20, 4, 1])("is read in pages of at most %i rows", async (most) => {
    for (const { id } of traces) {
      const whole = await withLangfuse({ generation: "v3", traces }, async ({ server }) => server.fetch(id));
      const fault = ({ path, query }: FakeRequest): Fault | undefined => {
        if (path.endsWith("/public/observations")) return Number(query.get("limit")) > most ? tooBig : undefined;
        return path.includes("/traces/") && query.get("fields")?.includes("observations") === true ? tooBig : undefined;
      };
      await withLangfuse({ generation: "v3", traces, fault }, async ({ server, langfuse }) => {
        const { summaries } = await server.fetch(id);
        expect(summaries).toEqual(whole.summaries);
        const failed = langfuse.requests.filter(({ status }) => status === 502);
        // Each size is tried once, and once more, and not again for each page.
        expect(failed.length).toBeLessThanOrEqual(2 + 2 * [100, 20, 4].filter((size) => size > most).length);
      });
    }
  });
});
