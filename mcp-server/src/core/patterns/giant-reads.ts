import { grade, plural, type Pattern } from "./pattern.ts";

/** Characters of one result: 99 % of real results are below 38,900, the longest was 480,000. */
const GIANT = 50_000;

/**
 * Reads that were refused because the file is too large, or that returned more than 50,000 characters at once. 2 are low,
 * 4 medium: a single one occurs in 24 % of real sessions (docs/base-rates.md). Calls of subagents count: their context
 * fills up as well.
 */
export const giantReads: Pattern = {
  id: "giant_reads",
  detect: ({ timeline }) => {
    const giant = timeline.calls.filter(
      ({ error, outputSize, op, range }) =>
        error?.kind === "too_large" || (op === "read" && (outputSize ?? 0) > GIANT && (range ?? "") === ""),
    );
    const severity = grade(giant.length, [
      [4, "medium"],
      [2, "low"],
    ]);
    if (severity === null) return null;
    return {
      severity,
      count: giant.length,
      detail: `${plural(giant.length, "read")} of more than the context should hold at once`,
      observations: giant.map(({ id }) => id),
    };
  },
};
