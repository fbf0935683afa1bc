import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { byteLength, MAX_SUMMARY_BYTES } from "../../mcp-server/src/trace/summary/fit.ts";
import { Summary } from "../../mcp-server/src/trace/summary/schema.ts";
import { toSessionSummary } from "../../mcp-server/src/trace/summary/session-summary.ts";
import { assess } from "../../mcp-server/src/trace/summary/summary.ts";
import { formatJson } from "../../mcp-server/src/trace/values/format-json.ts";
import { LAST_LEVEL, MAX_TURNS, toTable, type NumberedRow } from "../../mcp-server/src/trace/turns/fit-turns.ts";
import { toRecurring, type Trait } from "../../mcp-server/src/trace/turns/recurring.ts";
import { canariesIn, plantCanaries } from "../support/trace/canaries.ts";
import { damagedRows } from "../support/trace/damage.ts";
import { createRandom, factsOfRows, readRecordedTraces, shuffle, summarizeTrace } from "../support/trace/traces.ts";

const traces = readRecordedTraces();

const row = (turn: number, given: Partial<NumberedRow> = {}): NumberedRow => ({
  turn,
  human: `prompt ${turn}`,
  did: [],
  unchecked: [],
  git: [],
  refused: [],
  openTasks: 0,
  end: "answered",
  ...given,
});
const rows = (count: number, given: Partial<NumberedRow> = {}): NumberedRow[] =>
  Array.from({ length: count }, (_row, at) => row(at + 1, given));

describe("a table that is too long", () => {
  test("shows 40 rows and counts the rest", () => {
    const { turns, folded } = toTable(rows(60), 0);
    expect([turns.length, folded]).toEqual([MAX_TURNS, 20]);
    expect(turns.map(({ turn }) => turn)).toEqual(
      turns.map(({ turn }) => turn).toSorted((a, b) => (a ?? 0) - (b ?? 0)),
    );
  });

  test.each<readonly [string, Partial<NumberedRow>]>([
    ["a refusal", { refused: ["Edit a.ts"] }],
    ["a stop", { end: "interrupted" }],
    ["a failed check", { did: ["test npm test FAILED"] }],
    ["work that is not checked", { did: ["edit a.ts"], unchecked: ["a.ts"] }],
    ["work", { did: ["edit a.ts"] }],
  ])("keeps a row with %s before rows without work", (_what, given) => {
    const all = rows(60).with(54, row(55, given));
    for (let level = 0; level <= LAST_LEVEL; level += 1)
      expect(toTable(all, level).turns.map(({ turn }) => turn)).toContain(55);
  });

  test("keeps what the human says after work before what is said after talk", () => {
    const all = rows(60).with(49, row(50, { did: ["edit a.ts"] }));
    expect(toTable(all, LAST_LEVEL).turns.map(({ turn }) => turn)).toEqual([1, 49, 50, 51]);
  });

  test("folds looking around before checks, commits and what failed", () => {
    const did = ["explore 3: a.ts", "edit a.ts", "test npm test FAILED", "explore 9: b.ts", "run node", "git commit"];
    const [shown] = toTable([row(1, { did })], 6).turns;
    expect(shown?.did).toEqual(["edit a.ts", "test npm test FAILED", "git commit", "… 3 more steps"]);
  });

  test("keeps head and tail of the human's words, whole words each", () => {
    const human = `Please ${"look at it again ".repeat(10)}and push.`;
    const [shown] = toTable([row(1, { human })], LAST_LEVEL).turns;
    expect(shown?.human).toMatch(/^Please look.*… .*and push\.$/u);
    expect(shown?.human?.length).toBeLessThanOrEqual(41);
  });
});

describe("what recurs", () => {
  const failed = (what: string): Trait => ({ kind: "command_failed", what, key: what });
  const first = (what: string): Trait => ({ kind: "read_first", what, key: what });

  test.each<readonly [string, readonly (readonly Trait[])[], readonly string[]]>([
    ["nothing that one turn shows", [[failed("rtk bun")], []], []],
    ["what two turns show, with their numbers", [[failed("rtk bun")], [], [failed("rtk bun")]], ["rtk bun 1,3"]],
    [
      "the most frequent first",
      [[failed("a"), first("b")], [first("b"), failed("a")], [first("b")]],
      ["b 1,2,3", "a 1,2"],
    ],
    [
      "of equals a failure before a look",
      [
        [first("b"), failed("a")],
        [failed("a"), first("b")],
      ],
      ["a 1,2", "b 1,2"],
    ],
  ])("is %s", (_what, turns, expected) => {
    expect(toRecurring(turns).map(({ what, where }) => `${what} ${where.join(",")}`)).toEqual(expected);
  });
});

describe("the table of any rows", () => {
  const sessionOf = (id: string, list: readonly (readonly unknown[])[]): Summary =>
    toSessionSummary(
      { id: "session", warnings: [] },
      list.map((one, at) => assess(factsOfRows(`${id}-${at}`, [one])).toSessionTurn()),
    );

  test("is valid, small and the same in any order, of one trace and of a session", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...traces).chain(({ trace }) => fc.tuple(fc.constant(trace.id), damagedRows(trace))),
        fc.nat(),
        ([id, damaged], seed) => {
          const list = [damaged, damaged, damaged];
          const summary = sessionOf(id, list);
          const written = formatJson(summary);
          expect(Summary.parse(JSON.parse(written))).toEqual(JSON.parse(written));
          expect(byteLength(written)).toBeLessThan(MAX_SUMMARY_BYTES);
          // A row without an id is known by its place alone.
          const known = damaged.filter((one) => typeof Object(one).id === "string" && Object(one).id !== "");
          const once = formatJson(sessionOf(id, [known]));
          expect(formatJson(sessionOf(id, [shuffle(known, createRandom(seed))]))).toBe(once);
        },
      ),
      { numRuns: 150 },
    );
  }, 60_000);

  test.each(traces)("$name: holds nothing of inputs, outputs and answers", ({ trace }) => {
    const { goal } = summarizeTrace(trace).summary;
    const planted = plantCanaries(trace, goal ?? "no goal");
    expect(planted.count).toBeGreaterThan(0);
    const { summary } = summarizeTrace(planted.trace);
    const told = summary.turns.map(({ human: _human, ...shown }) => shown);
    expect(canariesIn(JSON.stringify([told, summary.recurring]))).toEqual([]);
  });
});
