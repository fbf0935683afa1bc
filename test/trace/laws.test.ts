import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { byteLength, MAX_SUMMARY_BYTES } from "../../mcp-server/src/trace/summary/fit.ts";
import { formatJson } from "../../mcp-server/src/trace/values/format-json.ts";
import { Summary } from "../../mcp-server/src/trace/summary/schema.ts";
import { anyValue, damagedRows, INVISIBLE, textsOf } from "../support/trace/damage.ts";
import { generationRow, rootRow, summarizeBuilt, toolRow } from "../support/trace/rows.ts";
import { subagentRows } from "../support/trace/subagent-rows.ts";
import {
  createRandom,
  observationsOf,
  paginate,
  readRecordedTraces,
  shuffle,
  summarizeRows,
  summarizeTrace,
} from "../support/trace/traces.ts";

const traces = readRecordedTraces();
const anyTrace = fc.constantFrom(...traces);
const minute = 60_000;

/** Holds the promises that a summary keeps whatever it was made of. */
function expectSound(summary: Summary): void {
  const written = formatJson(summary);
  expect(Summary.parse(JSON.parse(written))).toEqual(JSON.parse(written));
  expect(byteLength(written)).toBeLessThan(MAX_SUMMARY_BYTES);
  expect(Buffer.byteLength(written)).toBeLessThan(MAX_SUMMARY_BYTES);
  expect(textsOf(summary).filter((text) => INVISIBLE.test(text))).toEqual([]);
}

describe("a damaged trace", () => {
  test(
    "always gives a sound summary and never throws",
    () => {
      fc.assert(
        fc.property(
          anyTrace.chain(({ trace }) => fc.tuple(fc.constant(trace.id), damagedRows(trace))),
          ([id, rows]) => {
            expectSound(summarizeRows(id, [rows]).summary);
          },
        ),
        { numRuns: 800 },
      );
    },
    minute,
  );

  test(
    "gives the same bytes in any order, in any pages and delivered twice",
    () => {
      fc.assert(
        fc.property(
          anyTrace.chain(({ trace }) => fc.tuple(fc.constant(trace.id), damagedRows(trace))),
          fc.nat(),
          ([id, rows], seed) => {
            const random = createRandom(seed);
            const pages = paginate(shuffle(rows, random), random);
            const expected = summarizeRows(id, [rows]);
            expect(summarizeRows(id, pages)).toEqual(expected);
            const known = rows.filter((row) => typeof Object(row).id === "string" && Object(row).id !== "");
            const once = summarizeRows(id, [known]);
            expect(summarizeRows(id, [...paginate(shuffle(known, random), random), known])).toEqual(once);
          },
        ),
        { numRuns: 300 },
      );
    },
    minute,
  );

  test("gives a sound summary when the trace object itself is anything", () => {
    fc.assert(
      fc.property(anyTrace, anyValue, anyValue, anyValue, ({ trace }, name, tags, sessionId) => {
        expectSound(summarizeTrace({ ...trace, name, tags, sessionId }).summary);
      }),
      { numRuns: 300 },
    );
  });
});

describe("a trace of many names", () => {
  test.each([60, 3000])("keeps its size with %i tools of 100 three-byte characters each", (count) => {
    const rows = Array.from({ length: count }, (_row, at) =>
      toolRow({ tool: `mcp__${"漢".repeat(88)}${String(at).padStart(7, "字")}`, at }),
    );
    const { summary } = summarizeBuilt([rootRow({ prompt: "漢".repeat(500) }), ...rows]);
    expectSound(summary);
    expect(Object.values(summary.tool_usage).reduce((total, calls) => total + calls, 0)).toBe(count);
    expect(Object.keys(summary.tool_usage).at(-1)).toBe("other");
  });

  test("keeps its size with long names of subagents, files, sessions and traces", () => {
    const name = (at: number): string => `${"漢".repeat(95)}${String(at).padStart(5, "字")}`;
    const rows = Array.from({ length: 300 }, (_row, at) => [
      toolRow({ tool: "Agent", at: 4 * at, input: { prompt: "x", subagent_type: name(at) } }),
      toolRow({ tool: "Read", at: 4 * at + 1, input: { file_path: `/home/dev/app/${name(at % 3)}` } }),
      toolRow({ tool: name(at), at: 4 * at + 2, level: "ERROR" }),
      toolRow({ tool: "TaskCreate", at: 4 * at + 3, input: { subject: name(at) } }),
    ]).flat();
    const { summary } = summarizeBuilt([rootRow({ prompt: name(1).repeat(9), sessionId: name(2).repeat(9) }), ...rows]);
    expectSound(summary);
    expect(summary.subagents).not.toEqual([]);
  });
});

test("what a subagent does changes none of the main agent's patterns", () => {
  const mainOnly = new Set([
    "repeated_file_reads",
    "tool_thrash",
    "edit_failure_streak",
    "exploration_overrun",
    "search_churn",
    "cat_then_read",
    "edit_revert_churn",
    "edit_without_read",
    "test_weakening",
    "no_explicit_plan",
  ]);
  const withAgent = traces.filter(
    ({ exporter, scenario }) => exporter.startsWith("official-plugin") && /^rich|^bgagent(?:\.1)?$/u.test(scenario),
  );
  expect(withAgent.length).toBeGreaterThan(3);
  fc.assert(
    fc.property(
      fc.constantFrom(...withAgent).chain(({ trace }) => fc.tuple(fc.constant(trace), subagentRows(trace))),
      ([trace, added]) => {
        const rows = observationsOf(trace);
        const before = summarizeRows(trace.id, [rows]).summary;
        const after = summarizeRows(trace.id, [[...rows, ...added]]).summary;
        const ofMain = ({ patterns }: Summary) => patterns.filter(({ id }) => mainOnly.has(id));
        expect(ofMain(after)).toEqual(ofMain(before));
        expect(after.metrics.tool_calls).toBe(before.metrics.tool_calls + added.length);
        expect(after.metrics.subagent_tool_calls).toBe((before.metrics.subagent_tool_calls ?? 0) + added.length);
      },
    ),
    { numRuns: 150 },
  );
});

test("the core forgets the texts of a trace", () => {
  const secret = "canary-7d1f";
  const { summary } = summarizeBuilt([
    rootRow({ prompt: "Do it.", output: `done ${secret}` }),
    generationRow({ at: 0, says: secret, calls: 2 }),
    toolRow({ tool: "Read", at: 1, input: { file_path: `/elsewhere/${secret}.ts` }, output: secret }),
    toolRow({ tool: "Bash", at: 2, input: { command: `echo ${secret}` }, output: `Exit code 1\n${secret}` }),
    toolRow({ tool: "Read", at: 3, input: { file_path: "/home/dev/app/a.ts" } }),
  ]);
  expect(formatJson(summary)).not.toContain(secret);
});
