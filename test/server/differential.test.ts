import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRandom } from "../support/trace/traces.ts";
import { damagedRows } from "../support/trace/damage.ts";
import type { LegacyTrace } from "../support/langfuse/stand-in.ts";
import { type LegacyObservation, parseLegacyTrace } from "../support/langfuse/store.ts";
import { withLangfuse, type WorldOptions } from "../support/mcp/client.ts";
import { moveTrace, readFixture, smallTurn } from "../support/langfuse/traces.ts";

const FIXTURES = [
  "official-plugin-v1-cleantranscript/rich-default",
  "official-plugin-pr84-levels/denied",
  "native-otel/rich-content",
  "native-otel/bgagent.1",
  "docs-hook/rich-default",
  "cc-langfuse/rich-default",
  "doneyli-template/rich-default",
  "agent-sdk-openinference/rich",
];
const PER_FIXTURE = 8;
// Fixed, so that the test gives the same verdict on each run; any other has to pass too.
const SEED = 1;

/** Damaged copies of a trace that a server can hold: rows with an id, a type and a start, and the trace's own values whole. */
function damagedTraces(name: string): readonly LegacyTrace[] {
  const trace = readFixture(name);
  const ids = new Set(trace.observations.map(({ id }) => id));
  const hasParent = (row: LegacyObservation | undefined): boolean =>
    typeof row?.parentObservationId === "string" && ids.has(row.parentObservationId);
  const original = new Map(trace.observations.map((row) => [row.id, row]));
  return fc.sample(damagedRows(trace), { numRuns: PER_FIXTURE, seed: SEED }).map((rows, at) => {
    const kept = new Map(trace.observations.filter((row) => !hasParent(row)).map((row) => [row.id, row]));
    for (const row of rows.flatMap((one) => toRow(trace, one)))
      if (row.id !== "" && !kept.has(row.id))
        kept.set(row.id, {
          ...row,
          sessionId: original.get(row.id)?.sessionId,
          traceName: original.get(row.id)?.traceName,
        });
    const id = `${name.replace("/", "-")}-${at}`;
    const observations = [...kept.values()].map((row) => ({ ...row, traceId: id }));
    // A session of its own: what other copies did is no history of this one.
    const text = JSON.stringify({ ...trace, id, observations });
    return parseLegacyTrace(text.replaceAll(String(trace.sessionId), `session-${id}`));
  });
}

function toRow(trace: LegacyTrace, row: unknown): readonly LegacyObservation[] {
  try {
    return parseLegacyTrace(JSON.stringify({ ...trace, observations: [row] })).observations;
  } catch {
    return [];
  }
}

test("damaged traces have the same summary on every server", async () => {
  const traces = FIXTURES.flatMap(damagedTraces);
  const ids = traces.map(({ id }) => id);
  const worlds: readonly WorldOptions[] = [
    { generation: "v3", traces },
    { generation: "v4-events-only", traces },
    // Without the made-up roots of older SDKs: below one the trace's metadata stands in for what a damaged row lost.
    { generation: "v4-dual", traces },
  ];
  const [legacy = [], ...others] = await Promise.all(
    worlds.map(async (world) =>
      withLangfuse(world, async ({ server }) => {
        const texts: string[] = [];
        for (const id of ids) texts.push(JSON.stringify((await server.fetch(id)).summaries));
        return texts;
      }),
    ),
  );
  for (const other of others) expect(other).toEqual(legacy);
  expect(new Set(legacy).size).toBe(ids.length);
});

describe("last", () => {
  test("is the same trace on every server, however many end at once", async () => {
    const random = createRandom(SEED);
    const pick = (count: number): number => Math.floor(random() * count);
    for (let round = 0; round < 5; round += 1) {
      const now = Date.now();
      const all = Array.from({ length: 12 }, (_unused, at) => ({
        id: `turn-${(at * 7) % 12}`,
        ago: 100 + 60 * pick(4),
      }));
      const traces = all.map(({ id, ago }) => moveTrace(smallTurn(id, ago), id, ago, now));
      const least = Math.min(...all.map(({ ago }) => ago));
      const [wanted] = all
        .filter(({ ago }) => ago === least)
        .map(({ id }) => id)
        .toSorted();
      const late = new Set(all.filter(() => pick(3) === 0).map(({ id }) => id));
      for (const world of [
        { generation: "v2.95" },
        { generation: "v3" },
        { generation: "v4-events-only" },
        { generation: "v4-dual", syntheticRoot: new Set(all.map(({ id }) => id)), lateInV2: late },
      ] as const) {
        await withLangfuse({ ...world, traces }, async ({ server }) => {
          const { summaries } = await server.fetch("last");
          expect(
            summaries.map(({ trace_id }) => trace_id),
            `round ${round}, ${world.generation}`,
          ).toEqual([wanted]);
        });
      }
    }
  });

  test("passes over a trace that is still growing, and takes it once it is whole", async () => {
    for (const generation of ["v3", "v4-events-only", "v4-dual"] as const) {
      const whole = smallTurn("growing", 90);
      const stages = [1, 2].map((from) => ({ ...whole, observations: whole.observations.slice(from) }));
      await withLangfuse({ generation, traces: [smallTurn("before", 900)] }, async ({ server, langfuse }) => {
        for (const stage of stages) {
          langfuse.replaceTrace(stage);
          const { summaries, skipped } = await server.fetch("last");
          expect(summaries).toMatchObject([{ trace_id: "before" }]);
          expect(skipped).toMatchObject([{ trace_id: "growing", reason: expect.stringContaining("not completed") }]);
        }
        langfuse.replaceTrace(whole);
        expect((await server.fetch("last")).summaries).toMatchObject([{ trace_id: "growing" }]);
      });
    }
  });
});
