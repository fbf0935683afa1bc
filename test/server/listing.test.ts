import { describe, expect, test, vi } from "vitest";
import type { FakeRequest, Fault, LegacyTrace } from "../support/langfuse/stand-in.ts";
import type { Generation } from "../support/langfuse/answers.ts";
import { withLangfuse } from "../support/mcp/client.ts";
import { moveTrace, otherTrace, readFixture } from "../support/langfuse/traces.ts";
import { EXPORTERS, UNKNOWN } from "../../mcp-server/src/trace/exporters/table.ts";
import { buildTrace } from "../support/exporters/rows.ts";
import { writtenNames } from "../support/exporters/written-names.ts";

vi.setConfig({ testTimeout: 60_000 });

/** One completed turn of each exporter that writes a row for the turn as a whole. */
const turns = [
  "agent-sdk-langsmith-otel/rich",
  "agent-sdk-langsmith-otel-python/rich",
  "agent-sdk-openinference/rich",
  "agent-sdk-openinference-python/rich",
  "baem1n-hook/rich",
  "docs-hook/rich-default",
  "native-otel/rich-content",
  "official-plugin-v0/rich",
  "official-plugin-v1/rich-default",
  "official-plugin-v1-cleantranscript/rich-default",
  "official-plugin-v2/rich",
];
/** Of these a turn has several rows on top, one per request, or a root that never hangs below another. */
const others = [
  "cc-langfuse/rich-default",
  "doneyli-template/rich-default",
  "arize-harness/rich",
  "litellm-proxy/rich",
];
/** Sent over the older route: there is a made-up root above their rows wherever a server takes them. */
const ingested = ["pdhoolia-plugin/rich", "pace-maker/rich"];
const idOf = (name: string): string => name.replace("/", "-");
// Days apart, because the recorded root of one starts half an hour after its children.
const load = (names: readonly string[]): readonly LegacyTrace[] =>
  names.map((name, at) => moveTrace(readFixture(name), idOf(name), 1000 + at * 86_400));

/** The trace as it arrives when the caller's own span, its parent, is sent elsewhere or never. */
function belowUnsent(trace: LegacyTrace): LegacyTrace {
  const ids = new Set(trace.observations.map(({ id }) => id));
  const isTop = (parent: unknown): boolean => typeof parent !== "string" || !ids.has(parent);
  const observations = trace.observations.map((one) =>
    isTop(one.parentObservationId) ? { ...one, parentObservationId: "00f067aa0ba902b7" } : one,
  );
  return { ...trace, observations };
}

describe("on v2/observations", () => {
  // Newer than all turns, and more rows than `last` reads of any kind.
  const noise = Array.from({ length: 300 }, (_, at) => otherTrace(`other-${at}`, 100 + at));

  test.each([
    { generation: "v4-events-only", quirk: "none", names: [...turns, ...others] },
    { generation: "v4-events-only", quirk: "withoutRootMark", names: [...turns, ...others] },
    { generation: "v4-dual", quirk: "none", names: [...turns, ...others] },
    { generation: "v4-dual", quirk: "syntheticRoot", names: [...turns, ...others, ...ingested] },
  ] as const)("every exporter's traces are found, each counted once ($generation, $quirk)", async (world) => {
    const { generation, quirk, names } = world;
    const ids = names.map(idOf);
    const traces = [...load(names), ...noise];
    await withLangfuse({ generation, traces, [quirk]: new Set(ids) }, async ({ server }) => {
      const { summaries, source } = await server.fetch("sample:50");
      expect(summaries.map(({ trace_id }) => trace_id).toSorted()).toEqual(ids.toSorted());
      expect(source.population).toBe(ids.length);
      expect((await server.fetch("last")).summaries).toMatchObject([{ trace_id: ids[0] }]);
    });
  });

  test("so are turns below a parent that was never sent, which have no root", async () => {
    const traces = load(turns).map(belowUnsent);
    const ids = traces.map(({ id }) => id);
    await withLangfuse(
      { traces: [...traces, ...noise], withoutRootMark: new Set(ids) },
      async ({ server, langfuse }) => {
        const { summaries, source } = await server.fetch("sample:50");
        expect(summaries.map(({ trace_id }) => trace_id).toSorted()).toEqual(ids.toSorted());
        expect(source.population).toBe(ids.length);
        for (const id of ids) {
          expect((await server.fetch("last")).summaries).toMatchObject([{ trace_id: id }]);
          langfuse.removeTrace(id);
        }
      },
    );
  });

  test.each([
    ["refuses the filter", { status: 400, body: { message: "Invalid filter", error: "InvalidRequestError" } }],
    ["is too slow with the filter", { status: 422, body: { error: "MemoryLimitError" } }],
  ])("a server that %s still gives roots and the turns of Langfuse's plugin", async (_how, refusal) => {
    const [root, plugin] = load(["native-otel/rich-content", "official-plugin-v1-cleantranscript/rich-default"]);
    if (root === undefined || plugin === undefined) throw new Error("no fixtures");
    const traces = [root, belowUnsent(plugin)];
    const fault = ({ query }: FakeRequest): Fault | undefined => (query.has("filter") ? refusal : undefined);
    await withLangfuse({ traces, fault, withoutRootMark: new Set([plugin.id]) }, async ({ server, langfuse }) => {
      expect((await server.fetch("sample:50")).source.population).toBe(2);
      langfuse.removeTrace(root.id);
      expect((await server.fetch("last")).summaries).toMatchObject([{ trace_id: plugin.id }]);
    });
  });
});

describe("whatever is in the table of exporters", () => {
  const table = [...EXPORTERS, UNKNOWN];
  const unsent = "00f067aa0ba902b7";

  /** A completed turn of which only one name, its trace's or its row's, says that Claude Code made it. */
  function namedTurn(names: { readonly trace: string; readonly row: string }, parent: string | null, at: number) {
    const start = Date.now() - (1000 + at * 60) * 1000;
    const trace = buildTrace(`${names.trace} ${names.row}`);
    const texts = { input: "Do it", output: "Done" };
    trace.row({ ...texts, name: names.row, type: "SPAN", start, end: start + 900, parent });
    return trace.finish({ ...texts, name: names.trace, start });
  }

  const turnRows = table.flatMap((exporter) => writtenNames(exporter.turns));
  // A subagent's own trace is known, and never chosen.
  const traceNames = table
    .flatMap((exporter) => writtenNames(exporter.traces))
    .filter((name) => !name.startsWith("subagent:"));
  const decoys = Array.from({ length: 5 }, (_, at) => otherTrace(`other-${at}`, 100 + at));

  test("is found by its turn's row below a parent that was never sent", async () => {
    const traces = [...new Set(turnRows)].map((row, at) => namedTurn({ trace: "run", row }, unsent, at));
    await expectFound("v4-events-only", [...traces, ...decoys], traces);
  });

  test.each(["v4-events-only", "v4-dual", "v3", "v2.95"] as const)("is found by its trace's name on %s", async (on) => {
    const traces = [...new Set(traceNames)].map((trace, at) => namedTurn({ trace, row: "run" }, null, at));
    await expectFound(on, [...traces, ...decoys], traces);
  });

  /** `sample:50` finds each of the traces; `last` finds one after the other, the newest first. */
  async function expectFound(generation: Generation, traces: readonly LegacyTrace[], wanted: readonly LegacyTrace[]) {
    const ids = wanted.map(({ id }) => id);
    await withLangfuse({ generation, traces }, async ({ server, langfuse }) => {
      const { summaries } = await server.fetch("sample:50");
      expect(summaries.map(({ trace_id }) => trace_id).toSorted()).toEqual(ids.toSorted());
      for (const id of ids) {
        expect((await server.fetch("last")).summaries).toMatchObject([{ trace_id: id }]);
        langfuse.removeTrace(id);
      }
    });
  }
});
