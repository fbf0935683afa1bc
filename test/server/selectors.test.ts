import { describe, expect, test } from "vitest";
import type { Generation, LegacyTrace } from "../support/langfuse/stand-in.ts";
import { withLangfuse } from "../support/mcp/client.ts";
import { moveTrace, otherTrace, readFixture, smallTurn } from "../support/langfuse/traces.ts";

const DAY = 86_400;
const both = ["v3", "v4-events-only"] as const satisfies readonly Generation[];
const some = ["v2.95", "v4-dual", "v4-events-only"] as const satisfies readonly Generation[];
const all = ["v2.95", "v3", "v3.150", "v4-dual", "v4-events-only"] as const satisfies readonly Generation[];
const idsOf = ({ summaries }: { readonly summaries: readonly { readonly trace_id: string }[] }): string[] =>
  summaries.map(({ trace_id }) => trace_id);

/** A turn whose prompt is nothing but what the system put there. */
const phantom = (id: string, secondsAgo: number): LegacyTrace =>
  smallTurn(id, secondsAgo, "<system-reminder>The date has changed.</system-reminder>");

/** A turn that is still being sent: OpenTelemetry exports the root last. */
function unfinished(id: string, secondsAgo: number): LegacyTrace {
  const turn = smallTurn(id, secondsAgo);
  return { ...turn, observations: turn.observations.slice(1) };
}

describe("last", () => {
  const passedOver = [
    smallTurn("fresh", 20),
    unfinished("unfinished", 100),
    { ...smallTurn("subagent", 200), name: "subagent:Explore" },
    moveTrace(readFixture("native-otel/bgagent.2"), "notification", 300),
    moveTrace(readFixture("native-otel/interrupted"), "interrupted", 400),
    phantom("phantom", 500),
    otherTrace("other", 150),
  ];
  const wanted = smallTurn("wanted", 600);
  const older = smallTurn("older", 700);

  test.each(both)("passes over what is no completed piece of a human's work, and says so (%s)", async (generation) => {
    await withLangfuse({ generation, traces: [...passedOver, wanted, older] }, async ({ server }) => {
      const answer = await server.fetch("last");
      expect(idsOf(answer)).toEqual(["wanted"]);
      const reasons = new Map(answer.skipped.map(({ trace_id, reason }) => [trace_id, reason]));
      expect([...reasons.keys()].toSorted()).toEqual(passedOver.map(({ id }) => id).toSorted());
      expect(reasons.get("fresh")).toContain("less than a minute ago");
      expect(reasons.get("unfinished")).toContain("not completed");
      expect(reasons.get("subagent")).toContain("subagent");
      expect(reasons.get("notification")).toContain("no human goal");
      expect(reasons.get("interrupted")).toContain("interrupted");
      expect(reasons.get("phantom")).toContain("no human goal");
      expect(reasons.get("other")).toContain("not a Claude Code trace");
    });
  });

  test("counts a prompt that was redacted as a human's", async () => {
    const redacted = moveTrace(readFixture("native-otel/rich-default"), "redacted", 90);
    await withLangfuse({ traces: [redacted, wanted] }, async ({ server }) => {
      const answer = await server.fetch("last");
      expect(idsOf(answer)).toEqual(["redacted"]);
      expect(answer.summaries[0]).toMatchObject({ goal: null, coverage: { goal: "not_recorded" } });
    });
  });

  test.each(all)("finds the trace on %s", async (generation) => {
    const turn = moveTrace(readFixture("official-plugin-v1-cleantranscript/rich-default"), "turn", 90);
    await withLangfuse({ generation, traces: [turn, otherTrace("other", 80)] }, async ({ server }) => {
      const { source, ...answer } = await server.fetch("last");
      expect(idsOf(answer)).toEqual(["turn"]);
      expect(source).toMatchObject({ api: generation.startsWith("v4") ? "v2/observations" : "legacy", population: 1 });
    });
  });

  test.each(both)("looks back 1, 7 and 30 days, then everywhere (%s)", async (generation) => {
    for (const [days, window] of [
      [0.5, 1],
      [3, 7],
      [20, 30],
      [400, null],
    ] as const) {
      await withLangfuse({ generation, traces: [smallTurn("turn", days * DAY)] }, async ({ server, langfuse }) => {
        const { source, ...answer } = await server.fetch("last");
        expect(idsOf(answer)).toEqual(["turn"]);
        const { from = "", to = "" } = source.window ?? {};
        const width = (Date.parse(to) - Date.parse(from)) / 1000 / DAY;
        if (window === null) expect(width).toBeGreaterThan(400);
        else expect(width).toBe(window);
        const starts = langfuse.requests
          .filter(({ query }) => !query.has("sessionId"))
          .flatMap(({ query }) => query.get("fromTimestamp") ?? query.get("fromStartTime") ?? []);
        expect(starts).toEqual(starts.toSorted().toReversed());
      });
    }
  });

  test.each(both)(
    "takes the latest end, not the latest start, and the smaller id of equal ones (%s)",
    async (generation) => {
      const long = smallTurn("long", 100);
      const first = Date.parse(long.timestamp) - 3_600_000;
      const stretched = {
        ...long,
        latency: 3602,
        timestamp: new Date(first).toISOString(),
        observations: long.observations.map((one) =>
          one.parentObservationId === null ? { ...one, startTime: new Date(first).toISOString() } : one,
        ),
      };
      const now = Date.now();
      const twins = ["b", "a", "c"].map((id) =>
        moveTrace({ ...smallTurn(id, 50), name: "claude_code.interaction" }, id, 300, now),
      );
      await withLangfuse(
        { generation, traces: [stretched, smallTurn("late", 200), ...twins] },
        async ({ server, langfuse }) => {
          expect(idsOf(await server.fetch("last"))).toEqual(["long"]);
          langfuse.removeTrace("long");
          expect(idsOf(await server.fetch("last"))).toEqual(["late"]);
          langfuse.removeTrace("late");
          expect(idsOf(await server.fetch("last"))).toEqual(["a"]);
        },
      );
    },
  );

  test("finds turns of older SDKs, which have no root or one that is made up", async () => {
    const turn = moveTrace(readFixture("official-plugin-v1-cleantranscript/rich-default"), "turn", 90);
    const only = new Set(["turn"]);
    for (const options of [
      { generation: "v4-events-only", withoutRootMark: only },
      { generation: "v4-dual", withoutRootMark: only },
      { generation: "v4-dual", syntheticRoot: only },
    ] as const) {
      await withLangfuse({ ...options, traces: [turn, otherTrace("other", 80)] }, async ({ server }) => {
        expect(idsOf(await server.fetch("last"))).toEqual(["turn"]);
        expect(idsOf(await server.fetch("sample:1"))).toEqual(["turn"]);
      });
    }
  });

  test("knows a trace that a migrating server has only in its legacy API so far", async () => {
    const traces = [smallTurn("late", 100), smallTurn("known", 900)];
    await withLangfuse({ generation: "v4-dual", traces, lateInV2: new Set(["late"]) }, async ({ server }) => {
      expect(idsOf(await server.fetch("last"))).toEqual(["late"]);
      expect(idsOf(await server.fetch("late"))).toEqual(["late"]);
      expect(idsOf(await server.fetch("sample:2")).toSorted()).toEqual(["known", "late"]);
    });
  });

  test.each(some)("finds a turn behind hundreds of another application's traces (%s)", async (generation) => {
    const others = Array.from({ length: 450 }, (_, at) => otherTrace(`other-${at}`, 100 + at));
    await withLangfuse({ generation, traces: [...others, smallTurn("turn", 3600)] }, async ({ server }) => {
      expect(idsOf(await server.fetch("last"))).toEqual(["turn"]);
    });
  });

  test.each(both)("says what it saw when there is nothing (%s)", async (generation) => {
    const others = [otherTrace("x", 100), otherTrace("y", 200, "billing\nagent"), otherTrace("z", 40 * DAY)];
    for (const [traces, said] of [
      [[], "no traces"],
      [others, "3 traces were seen, 3 of them of other applications"],
      [[unfinished("open", 300), ...others], "4 traces were seen, 3 of them"],
    ] as const) {
      await withLangfuse({ generation, traces }, async ({ server }) => {
        const failure = await server.failure("last");
        expect(failure).toContain("No completed Claude Code trace with a human's request was found");
        expect(failure).toContain(said);
        expect(failure).not.toContain("\n");
        if (traces.length > 0) expect(failure).toContain("checkout-bot");
      });
    }
  });
});
