import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MAX_ROWS, renderScan, type ScanRow } from "../../mcp-server/src/audit/scan/scan-page.ts";
import { isSlip, suggestArgument } from "../../mcp-server/src/audit/suggestion.ts";

const NOW = Date.parse("2026-03-02T10:00:00Z");
const row = (given: Partial<ScanRow> = {}): ScanRow => ({
  selector: "session:3f2a91c0-0000-4000-8000-000000000000",
  goal: "Fix the parser",
  endedAt: NOW - 7_200_000,
  turns: 12,
  isAudited: false,
  headline: ["2 files unchecked"],
  ...given,
});
const page = (rows: readonly ScanRow[], unread = 0, isShortened = true): string =>
  renderScan({ place: "here", rows, unread, isShortened }, NOW);
const rowsOf = (text: string): readonly string[] => text.split("\n").filter((line) => line.startsWith("/audit "));

describe("the page of /audit alone", () => {
  test("has a line for each run, with the words that audit it, when it ended and what stands out", () => {
    expect(rowsOf(page([row()]))).toEqual([
      '/audit session:3f2a91c0   2 h  12 turns  2 files unchecked: "Fix the parser"',
    ]);
  });

  test.each<readonly [string, Partial<ScanRow>, string]>([
    ["nothing stands out", { headline: [] }, 'nothing stands out: "Fix the parser"'],
    ["it was audited", { isAudited: true }, 'audited; 2 files unchecked: "Fix the parser"'],
    ["no goal is known", { goal: null }, "2 files unchecked"],
    ["a goal is long", { goal: "x".repeat(99) }, `2 files unchecked: "${"x".repeat(49)}…"`],
    ["a goal has lines", { goal: "one\n/audit two" }, '2 files unchecked: "one /audit two"'],
  ])("says when %s", (_what, given, end) => {
    const [line = ""] = rowsOf(page([row(given)]));
    expect(line.endsWith(end), line).toBe(true);
    expect(rowsOf(page([row(given)]))).toHaveLength(1);
  });

  test.each([
    [30_000, "1 m"],
    [3_540_000, "59 m"],
    [47 * 3_600_000, "47 h"],
    [5 * 86_400_000, "5 d"],
    [-1000, "0 m"],
  ])("%i ms ago is %s", (ms, age) => {
    expect(page([row({ endedAt: NOW - ms })])).toContain(` ${age}  `);
  });

  test("gives ids whole where their beginnings are alike, or where they are not known by them", () => {
    const alike = [row(), row({ selector: "session:3f2a91c0-1111-4000-8000-000000000000" })];
    expect(page(alike)).toContain("/audit session:3f2a91c0-1111-4000-8000-000000000000");
    expect(page([row()], 0, false)).toContain("/audit session:3f2a91c0-0000-4000-8000-000000000000");
  });

  test("says what was not read, and where nothing was found", () => {
    expect(page([row()], 3)).toMatch(/\n3 more could not be read in time\.$/u);
    expect(page([])).toBe("No run of this project was found in here.");
  });

  test("whatever the runs say, it has one line for each", () => {
    const given = fc.record({ goal: fc.option(fc.string({ unit: "binary" })), endedAt: fc.integer(), turns: fc.nat() });
    fc.assert(
      fc.property(fc.array(given, { minLength: 1, maxLength: MAX_ROWS }), (rows) => {
        const shown = rows.map((one, at) => row({ ...one, selector: `t${at}` }));
        return rowsOf(page(shown)).length === rows.length;
      }),
    );
  });
});

test.each([
  ["lst", "last"],
  ["Lsat", "last"],
  ["sesion", "session"],
  ["sample 20", "sample:20"],
  ["session 21d4E417", "session:21d4E417"],
  ["sessions", "session"],
  ["--help", "help"],
  ["smaple:7", "sample:7"],
  ["sample:99", "sample:50"],
  ["trace 3f2a91c0-0000-4000-8000-000000000000 please", "session:3f2a91c0-0000-4000-8000-000000000000"],
  ["trace: 0123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcdef"],
  ["my last run", null],
  ["", null],
])("%j was probably meant to be %s", (written, meant) => {
  expect(suggestArgument(written)).toBe(meant);
});

test.each([
  ["lst", true],
  ["sessions", true],
  ["--verbose", true],
  ["lasr", true],
  ["last", false],
  ["session", false],
  ["test", false],
  ["session:21d4e417", false],
  ["3f2a91c0", false],
  ["alone", false],
])("%j is a slip of the fingers rather than an id: %s", (written, expected) => {
  expect(isSlip(written)).toBe(expected);
});
