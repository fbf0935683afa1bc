import { describe, expect, test } from "vitest";
import type { Summary } from "../../mcp-server/src/trace/summary/schema.ts";
import { summarizeBuilt } from "../support/trace/rows.ts";
import { edit, read, rowsOfRun, type Step, times } from "../support/trace/steps.ts";

/** The summary of a run that was written at one instant, so that the order of its calls is not known. */
function unordered(steps: readonly Step[]): Summary {
  const rows = rowsOfRun(steps).map((row) => ({ ...row, startTime: INSTANT, endTime: INSTANT }));
  const { summary } = summarizeBuilt(rows);
  expect(summary.coverage.order).toBe("not_recorded");
  return summary;
}

const INSTANT = "2026-03-01T09:00:00.000Z";

const reads = (count: number): Step[] => times(count, () => read("a.ts"));
/** As of an exporter that names the file and hides the rest, such as which lines were read. */
const withoutRanges = (count: number): Step[] =>
  times(count, () => ({ tool: "Read", input: null, metadata: { file_path: "/home/dev/app/a.ts" } }));

describe("repeated_file_reads without a known order", () => {
  test.each([
    ["is quiet at two reads", reads(2), null],
    ["is medium at three", reads(3), "medium"],
    ["is quiet when a change may lie between them", [...reads(3), edit("a.ts")], null],
    ["is medium when at least three lie on one side of a change", [...reads(5), edit("a.ts")], "medium"],
    ["is low where ranges are not recorded, for reads may be paging", withoutRanges(5), "low"],
  ] as const)("%s", (_title, steps, severity) => {
    const found = unordered(steps).patterns.find(({ id }) => id === "repeated_file_reads");
    expect(found?.severity ?? null).toBe(severity);
  });
});
