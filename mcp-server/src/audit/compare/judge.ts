import type { Share } from "./binomial.ts";
import type { Criterion } from "./criterion.ts";
import { median } from "./exact-test-of-counts.ts";
import { testPairedFall, testPairedNoFall, testPairedRise, type Turned } from "./exact-tests-of-pairs.ts";
import type { Stratum } from "./like-with-like.ts";
import { PLAN_RISE, runsForCalls, runsForPlanFirst, runsForSuccess, SUCCESS_MARGIN } from "./needed.ts";
import type { Pair } from "./pairs.ts";
import type { Run } from "./run.ts";
import { testStratifiedFall, testStratifiedNoFall, testStratifiedRise } from "./stratified-tests.ts";

/** A criterion before it is decided. */
export type Judged = Omit<Criterion, "verdict" | "runs_needed"> & {
  /** Whether `met` claims an improvement, and not just that nothing got worse. */
  readonly isClaim: boolean;
  /** The p-values of the claims that it is met, and that it is not. */
  readonly pMet: number;
  readonly pNotMet: number;
  readonly needed: () => string | null;
};

/** `not met` says of the tool calls per task that they did not fall to this many fifths of the earlier ones. */
const CALLS_FIFTHS = 4;

/** The three criteria over strata of runs, or over pairs of them. */
export function judge(strata: readonly Stratum[], pairs: readonly Pair[] | null): readonly Judged[] {
  return [judgePlanFirst(strata, pairs), judgeCalls(strata, pairs), judgeSuccess(strata, pairs)];
}

type Flag = (run: Run) => boolean | null;

function judgePlanFirst(strata: readonly Stratum[], pairs: readonly Pair[] | null): Judged {
  const flag: Flag = ({ planFirst }) => planFirst;
  const [before, after] = toSides(strata, pairs, flag);
  const isClaim = before.runs > 0 && after.runs > 0;
  return {
    ...toValues("plan_before_first_tool", before, after),
    isClaim,
    pMet: testRise(strata, pairs, [flag, flag]),
    // It did not rise by so much: read backwards, it did not fall by it.
    pNotMet: testNoFall(strata.map(reverse), pairs?.map(reverse) ?? null, [flag, flag], PLAN_RISE),
    needed: () => (isClaim ? runsForPlanFirst(before, after) : null),
  };
}

/**
 * A run of which nobody knows whether it succeeded counts against the claim: as a success before and a failure after it, or
 * the other way round for the claim that success fell. The selectors pass failed runs over, so a side without one does not
 * tell how many there were.
 */
function judgeSuccess(strata: readonly Stratum[], pairs: readonly Pair[] | null): Judged {
  const [before, after] = toSides(strata, pairs, ({ success }) => success);
  const isKnown = (["before", "after"] as const).every((side) =>
    strata.some((stratum) => stratum[side].some(({ outcome }) => outcome === "failure")),
  );
  const good: Flag = ({ success }) => success ?? true;
  const bad: Flag = ({ success }) => success ?? false;
  const isComparable = before.runs > 0 && after.runs > 0;
  return {
    ...toValues("success", before, after),
    isClaim: false,
    pMet: isKnown && isComparable ? testNoFall(strata, pairs, [good, bad], SUCCESS_MARGIN) : 1,
    pNotMet: isKnown && isComparable ? testRise(strata.map(reverse), pairs?.map(reverse) ?? null, [good, bad]) : 1,
    needed: () => (isComparable ? runsForSuccess(before, after) : null),
  };
}

function judgeCalls(strata: readonly Stratum[], pairs: readonly Pair[] | null): Judged {
  const known =
    pairs === null
      ? strata.map(({ before, after }) => ({ before: toCalls(before), after: toCalls(after) }))
      : pairs.map(({ before, after }) => ({ before: toCalls([before]), after: toCalls([after]) })).filter(isWhole);
  const [before, after] = [known.flatMap((one) => one.before), known.flatMap((one) => one.after)];
  const isComparable = before.length > 0 && after.length > 0;
  const scaled = known.map((one) => ({
    before: one.after.map((calls) => calls * 5),
    after: one.before.map((calls) => calls * CALLS_FIFTHS),
  }));
  const test = (values: typeof known): number =>
    pairs === null
      ? testStratifiedFall(values)
      : testPairedFall(values.map((one) => (one.before[0] ?? 0) - (one.after[0] ?? 0)));
  return {
    criterion: "tool_calls_per_task",
    value_then: toHundredths(median(before)),
    value_now: toHundredths(median(after)),
    runs_then: before.length,
    runs_now: after.length,
    isClaim: isComparable,
    pMet: isComparable ? test(known) : 1,
    pNotMet: isComparable ? test(scaled) : 1,
    needed: () => (isComparable ? runsForCalls(before, after) : null),
  };
}

/** `flags` reads a run of the side before, and one of the side after. */
function testRise(strata: readonly Stratum[], pairs: readonly Pair[] | null, flags: readonly [Flag, Flag]): number {
  return pairs === null ? testStratifiedRise(toShares(strata, flags)) : testPairedRise(toTurned(pairs, flags));
}

function testNoFall(
  strata: readonly Stratum[],
  pairs: readonly Pair[] | null,
  flags: readonly [Flag, Flag],
  margin: number,
): number {
  return pairs === null
    ? testStratifiedNoFall(toShares(strata, flags), margin)
    : testPairedNoFall(toTurned(pairs, flags), margin);
}

function reverse<T>({ before, after }: { readonly before: T; readonly after: T }): {
  readonly before: T;
  readonly after: T;
} {
  return { before: after, after: before };
}

function toShares(strata: readonly Stratum[], [first, second]: readonly [Flag, Flag]) {
  return strata.map(({ before, after }) => ({ before: toShare(before.map(first)), after: toShare(after.map(second)) }));
}

function toTurned(pairs: readonly Pair[], [first, second]: readonly [Flag, Flag]): Turned {
  const told = pairs
    .map(({ before, after }) => [first(before), second(after)] as const)
    .filter(([before, after]) => before !== null && after !== null);
  return {
    gained: told.filter(([before, after]) => before === false && after === true).length,
    lost: told.filter(([before, after]) => before === true && after === false).length,
    pairs: told.length,
  };
}

/** What is shown of both sides: the runs that record it. */
function toSides(
  strata: readonly Stratum[],
  pairs: readonly Pair[] | null,
  flag: Flag,
): readonly [before: Share, after: Share] {
  const sides = pairs === null ? strata : pairs.map(({ before, after }) => ({ before: [before], after: [after] }));
  const share = (side: "before" | "after"): Share => toShare(sides.flatMap((one) => one[side]).map(flag));
  return [share("before"), share("after")];
}

function toShare(flags: readonly (boolean | null)[]): Share {
  const known = flags.filter((flag) => flag !== null);
  return { hits: known.filter(Boolean).length, runs: known.length };
}

function toValues(criterion: Criterion["criterion"], before: Share, after: Share) {
  return {
    criterion,
    value_then: toRate(before),
    value_now: toRate(after),
    runs_then: before.runs,
    runs_now: after.runs,
  };
}

/** Hundredths, as the summary has them, so that equal values stay equal when they are multiplied. */
function toCalls(runs: readonly Run[]): readonly number[] {
  return runs.flatMap(({ callsPerTask }) => (callsPerTask === null ? [] : [Math.round(callsPerTask * 100)]));
}

function isWhole({
  before,
  after,
}: {
  readonly before: readonly number[];
  readonly after: readonly number[];
}): boolean {
  return before.length > 0 && after.length > 0;
}

function toRate({ hits, runs }: Share): number | null {
  return runs === 0 ? null : Math.round((hits / runs) * 100) / 100;
}

function toHundredths(value: number | null): number | null {
  return value === null ? null : Math.round(value) / 100;
}
