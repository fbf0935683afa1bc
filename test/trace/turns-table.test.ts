import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { byteLength, fitSummary, MAX_SUMMARY_BYTES } from "../../mcp-server/src/trace/summary/fit.ts";
import { Summary } from "../../mcp-server/src/trace/summary/schema.ts";
import { toSessionSummary } from "../../mcp-server/src/trace/summary/session-summary.ts";
import { assess } from "../../mcp-server/src/trace/summary/summary.ts";
import { createPaths } from "../../mcp-server/src/trace/timeline/paths.ts";
import { formatJson } from "../../mcp-server/src/trace/values/format-json.ts";
import type { NumberedRow } from "../../mcp-server/src/trace/turns/draft.ts";
import { MAX_TURNS, toTable } from "../../mcp-server/src/trace/turns/fit-turns.ts";
import { toRecurring, type Trait } from "../../mcp-server/src/trace/turns/recurring.ts";
import { markPath } from "../../mcp-server/src/trace/turns/show-path.ts";
import type { Step } from "../../mcp-server/src/trace/turns/step.ts";
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

/** Steps by their words: `explore 3: a.ts, b.ts` has names, `test npm test ok` has none. */
const step = (text: string): Step => {
  const [, word = "", calls, list] = /^(explore|edit|write|run)(?: (\d+)(?=:|$))?:? ?(.*)$/u.exec(text) ?? [
    text,
    text.split(" ")[0] ?? "",
  ];
  const names = (list ?? "").split(", ").filter((name) => name !== "");
  const shown = list === undefined ? text : calls === undefined ? word : `${word} ${calls}`;
  const named = names.map((name) => ({ name, count: 1 }));
  return { word, text: shown, again: null, names: named, calls: Number(calls ?? 1), times: 1 };
};
const did = (...texts: readonly string[]): readonly Step[] => texts.map(step);
const path = (name: string): string => markPath(name, createPaths([], []));

const empty = toSessionSummary({ id: "session", warnings: [] }, []);
const fitted = (all: readonly NumberedRow[]): Summary =>
  fitSummary(
    empty,
    all,
    () => [],
    () => [],
  );
const shownTurns = (all: readonly NumberedRow[]) => fitted(all).turns.map(({ turn }) => turn);
const shownSteps = (all: readonly NumberedRow[], at = 0) => fitted(all).turns[at]?.did ?? [];
const bytesOf = (summary: Summary): number => byteLength(formatJson(summary));

/** Words of a human that take as much room as they can. */
const long = "\u6f22".repeat(199);

describe("a table that has room", () => {
  test("shows every word of every row, and paths in full", () => {
    const human = "word ".repeat(40).trim();
    const all = rows(20, {
      human,
      did: did(`explore 2: ${path("src/a.ts")}, ${path("src/b.ts")}`, "test npm test ok"),
    });
    expect(fitted(all).turns).toEqual(
      all.map(({ turn }) => ({
        turn,
        human,
        did: ["explore 2: src/a.ts, src/b.ts", "test npm test ok"],
        end: "answered",
      })),
    );
  });
});

describe("a table that is too long", () => {
  test("shows 40 rows and counts the rest", () => {
    const { turns, turns_folded } = fitted(rows(60));
    expect([turns.length, turns_folded]).toEqual([MAX_TURNS, 20]);
    expect(turns.map(({ turn }) => turn)).toEqual(
      turns.map(({ turn }) => turn).toSorted((a, b) => (a ?? 0) - (b ?? 0)),
    );
  });

  test.each<readonly [string, Partial<NumberedRow>]>([
    ["a refusal", { refused: ["Edit a.ts"] }],
    ["a stop", { end: "interrupted" }],
    ["a failed check", { did: did("test npm test FAILED") }],
    ["work that is not checked", { did: did("edit a.ts"), unchecked: ["a.ts"] }],
    ["work", { did: did("edit a.ts") }],
  ])("keeps a row with %s before rows without work", (_what, given) => {
    for (const human of ["short", long]) {
      const all = rows(60, { human }).with(54, row(55, { human, ...given }));
      const { turns, turns_folded } = fitted(all);
      expect(turns_folded).toBeGreaterThanOrEqual(20);
      expect(turns.map(({ turn }) => turn)).toContain(55);
    }
  });

  test("keeps what the human says after work before what is said after talk", () => {
    const all = rows(60, { human: long }).with(49, row(50, { human: long, did: did("edit a.ts") }));
    expect(shownTurns(all)).toEqual(expect.arrayContaining([1, 49, 50, 51]));
  });

  /** How the first row's steps look in longer and longer tables of such rows, each form once. */
  const formsOf = (steps: readonly Step[]): readonly (readonly string[])[] => {
    const human = "word ".repeat(30).trim();
    const forms = Array.from({ length: 40 }, (_form, at) => shownSteps(rows(at + 1, { human, did: steps })));
    return [...new Map(forms.map((form) => [form.join("; "), form])).values()];
  };
  const check = (verdict: string): Step => ({
    ...step(`test npm run test:unit${verdict}`),
    again: { of: "test npm run test:unit", text: `test again${verdict}` },
  });

  test.each<readonly [string, readonly Step[], readonly (readonly string[])[]]>([
    [
      "gives up names of looks, and keeps verdicts, edits and commits",
      did("explore 3: a.ts, b.ts, c.ts", "edit a.ts", "test npm test FAILED", "explore 9: d.ts", "git commit"),
      [["explore 3", "edit a.ts", "test npm test FAILED", "explore 9", "git commit"]],
    ],
    [
      "says what is left out where it was",
      did("run node", "explore 3: a.ts", "run bun, rm", "edit a.ts", "explore 1: a.ts", "run bash", "git commit"),
      [
        ["run node", "explore 3", "run bun, rm", "edit a.ts", "explore 1", "run bash", "git commit"],
        ["… explore 3, run 2", "edit a.ts", "… explore 1, run 1", "git commit"],
      ],
    ],
    [
      "makes one step of edits between which only looks are left out",
      did("edit a.ts", "explore 1: b.ts", "edit a.ts", "explore 2: c.ts", "edit b.ts", "test npm test ok"),
      [["edit a.ts ×2, b.ts (explore 3 between)", "test npm test ok"]],
    ],
    [
      "names a check once where the same follows",
      [check(" FAILED"), ...did("edit a.ts"), check(" ok")],
      [
        ["test npm run test:unit FAILED", "edit a.ts", "test again ok"],
        ["… test 1", "edit a.ts", "test npm run test:unit ok"],
      ],
    ],
  ])("%s", (_what, steps, expected) => {
    expect(formsOf(steps).slice(1)).toEqual(expected);
  });

  test("never leaves out the last edit, check and commit of the only turn with work", () => {
    const work = ["edit a.ts", "test npm test FAILED", "git add", "git commit", "explore 1: a.ts"];
    const end = ["edit end.ts", "lint npm run lint ok", "git commit --amend", "explore 1"];
    const loop = Array.from({ length: 400 }, (_step, at) => [`run p${at}-${"x".repeat(60)}`, ...work]).flat();
    const summary = fitted([row(1, { did: did(...loop, ...end) })]);
    expect(summary.turns[0]?.did?.join("; ")).toMatch(
      /edit end\.ts; lint npm run lint ok; git commit --amend; explore 1$/u,
    );
    expect(bytesOf(summary)).toBeGreaterThan(7700);
    Summary.parse(summary);
  });

  test("keeps head and tail of the human's words, whole words each", () => {
    const human = `Please ${"look at it again ".repeat(10)}and push.`;
    const all = rows(40, { human, end: "interrupted", refused: [`edit a.ts: "${"no ".repeat(30)}"`] });
    const shown = fitted(all).turns[1]?.human ?? "";
    expect(shown).toMatch(/^Please look.*… .*and push\.$/u);
    expect(shown.length).toBeLessThan(human.length);
  });

  test("uses the room that there is, whatever has to go", () => {
    const anyStep = fc.constantFrom(
      ...did(
        "explore 3: a/b/c.ts, a/b/d.ts",
        "edit src/a.ts, src/b.ts",
        "test npm test FAILED: 2 failed",
        "lint tsc ok",
      ),
      ...did(
        "git add",
        "git commit",
        "run node, bash",
        "explore 1: missing a.ts",
        "agent Explore (21 calls)",
        "gh pr create",
      ),
    );
    const anyRow = fc.record({
      human: fc.oneof(
        fc.constant(null),
        fc.string({ maxLength: 200, unit: fc.constantFrom("a", "b", " ", "\u00e9", "?") }),
      ),
      did: fc.array(anyStep, { maxLength: 60 }),
      unchecked: fc.array(fc.constantFrom("src/a.ts", "src/b.ts"), { maxLength: 20 }),
      refused: fc.array(fc.constant('edit src/a.ts: "not now"'), { maxLength: 3 }),
    });
    fc.assert(
      fc.property(fc.array(anyRow, { minLength: 1, maxLength: 90 }), (list) => {
        const summary = fitted(list.map((given, at) => row(at + 1, given)));
        const bytes = bytesOf(summary);
        expect(bytes).toBeLessThan(MAX_SUMMARY_BYTES);
        const isCut =
          JSON.stringify(summary).includes('"… ') || (summary.turns_folded > 0 && summary.turns.length < 40);
        if (isCut) expect(bytes).toBeGreaterThanOrEqual(7700);
        Summary.parse(summary);
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});

describe("paths in a table that is too long", () => {
  const files = ["web/src/pages/index.ts", "web/src/index.ts", "cli/main.go", "cli"].map(path);
  const tight = (naming: number) => {
    const looks = `explore 4: ${files.join(", ")}`;
    const table = toTable([
      row(1, { did: did(looks, `edit ${files.join(", ")}`, "git add", looks), unchecked: files }),
    ]);
    const [only] = table.show({ ...table.begin(), naming }).turns;
    return [...(only?.did ?? []).map((text) => text.replace(/^\w+(?: 4:)? /u, "")), only?.unchecked?.join(", ")];
  };
  const full = "web/src/pages/index.ts, web/src/index.ts, cli/main.go, cli";
  const short = "pages/index.ts, src/index.ts, main.go, cli";

  test.each([
    ["are full where there is room", 0, [full, full, "add", full, full]],
    [
      "are full once and where they are changed, then by the end that no other has",
      1,
      [full, full, "add", short, short],
    ],
    ["are full only where they are changed, folders always", 2, [short, full, "add", short, short]],
  ])("%s", (_what, naming, expected) => {
    expect(tight(naming)).toEqual(expected);
  });
});

describe("what recurs", () => {
  const failed = (what: string): Trait => ({ kind: "command_failed", what, key: what });
  const edited = (what: string, side: string, key = ""): Trait => ({
    kind: "edit_undone",
    what,
    key: what + key,
    side,
  });
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
      "an edit and its inverse, and not the same edit again",
      [[edited("a", "1")], [edited("a", "2"), edited("b", "1")], [edited("b", "1")]],
      ["a 1,2"],
    ],
    [
      "two such edits of one file once",
      [
        [edited("a", "1"), edited("a", "3", "k")],
        [edited("a", "2"), edited("a", "4", "k")],
      ],
      ["a 1,2"],
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
