import { CRITERIA } from "../plan/wording.ts";
import { KINDS, type Kind, type Run } from "./run.ts";
import type { Share } from "./binomial.ts";
import { ALPHA, PLAN_RISE, runsForCalls, runsForPlanFirst, runsForSuccess, SUCCESS_MARGIN } from "./needed.ts";
import { testNoFall, testRise } from "./exact-test-of-shares.ts";
import { median, testFall } from "./exact-test-of-counts.ts";

/** The metrics that the criteria of a plan are about. */
export const METRICS = CRITERIA.map(({ metric }) => metric);
export const VERDICTS = ["met", "not met", "inconclusive"] as const;

/** A criterion in the runs of the audit before and of this one. */
export type Criterion = {
  readonly criterion: (typeof METRICS)[number];
  /** The share of runs (0 to 1), or the median of the tool calls per task; null when no run of the side records it. */
  readonly value_then: number | null;
  readonly value_now: number | null;
  readonly verdict: (typeof VERDICTS)[number];
  /** The runs that record it. */
  readonly runs_then: number;
  readonly runs_now: number;
  /** How many runs a side would settle it, such as `37` or `more than 200`; null when it is settled, or a side has none. */
  readonly runs_needed: string | null;
};

/** The criteria over the runs of one kind. */
export type Group = { readonly kind: Kind; readonly criteria: readonly Criterion[] };

/** `not met` says of the tool calls per task that they did not fall to this many fifths of the earlier ones. */
const CALLS_FIFTHS = 4;
/** More than the largest sample has; bounds the time that a comparison takes. */
const MAX_RUNS = 50;

/** Planning takes most of the time of a comparison; without it `runs_needed` is null. */
export type Options = {
  readonly isPlanned: boolean;
  /** Claims that are decided beside these, see evidence-criteria.ts: Holm counts them too. */
  readonly otherClaims?: number;
};

/**
 * Compares the runs of two audits, each kind apart, at most 50 of a kind on a side. Of the claims of an improvement
 * over all kinds the clearest has to pass at 0.05 divided by their number, the next by one less, and so on (Holm), so
 * that the chance of any wrong one is at most 0.05. Kinds that only one side has are left out, and so are the later runs
 * of a session that has earlier ones too: it began before the change, and its runs drift together. Where there are no
 * others, these are shown and decide nothing.
 */
export function compareRuns(
  then: readonly Run[],
  now: readonly Run[],
  { isPlanned, otherClaims = 0 }: Options = { isPlanned: true },
): readonly Group[] {
  const pairs = KINDS.flatMap((kind) => {
    const [before = [], after = []] = [then, now].map((runs) =>
      runs.filter((run) => run.kind === kind).slice(0, MAX_RUNS),
    );
    return before.length === 0 || after.length === 0 ? [] : [{ kind, judged: judgeAll(before, after) }];
  });
  const claims = pairs.flatMap(({ judged }) => judged.filter(({ isClaim }) => isClaim));
  const confirmed = new Set(passHolm(claims, otherClaims));
  return pairs.map(({ kind, judged }) => ({
    kind,
    criteria: judged.map((one) => {
      const isMet = one.isClaim ? confirmed.has(one) : one.pMet <= ALPHA;
      return toCriterion(isPlanned ? one : { ...one, needed: () => null }, isMet);
    }),
  }));
}

type Judged = Omit<Criterion, "verdict" | "runs_needed"> & {
  /** Whether `met` claims an improvement, and not just that nothing got worse. */
  readonly isClaim: boolean;
  readonly pMet: number;
  readonly pNotMet: number;
  readonly needed: () => string | null;
};

function judgeAll(before: readonly Run[], all: readonly Run[]): readonly Judged[] {
  const known = new Set(before.flatMap(({ sessionId }) => sessionId ?? []));
  const apart = all.filter(({ sessionId }) => sessionId === null || !known.has(sessionId));
  const after = apart.length > 0 ? apart : all;
  const judged = [judgePlanFirst(before, after), judgeCalls(before, after), judgeSuccess(before, after)];
  return apart.length > 0 ? judged : judged.map((one) => ({ ...one, isClaim: false, pMet: 1, pNotMet: 1 }));
}

/** How many claims of an improvement groups make: all but success, where both sides have runs that tell. */
export function countClaims(groups: readonly Group[]): number {
  return groups
    .flatMap(({ criteria }) => criteria)
    .filter(({ criterion, runs_then, runs_now }) => criterion !== "success" && runs_then > 0 && runs_now > 0).length;
}

function passHolm(claims: readonly Judged[], otherClaims: number): readonly Judged[] {
  const sorted = claims.toSorted((left, right) => left.pMet - right.pMet);
  const failed = sorted.findIndex(({ pMet }, at) => pMet > ALPHA / (sorted.length - at + otherClaims));
  return failed === -1 ? sorted : sorted.slice(0, failed);
}

function toCriterion(judged: Judged, isMet: boolean): Criterion {
  const { criterion, value_then, value_now, runs_then, runs_now, pNotMet, needed } = judged;
  const verdict = isMet ? "met" : pNotMet <= ALPHA ? "not met" : "inconclusive";
  const runs_needed = verdict === "inconclusive" ? needed() : null;
  return { criterion, value_then, value_now, verdict, runs_then, runs_now, runs_needed };
}

function judgePlanFirst(before: readonly Run[], after: readonly Run[]): Judged {
  const [then, now] = [before, after].map((runs) => toShare(runs.map(({ planFirst }) => planFirst)));
  return judgeShares("plan_before_first_tool", then, now, (then, now) => ({
    isClaim: true,
    pMet: testRise(then, now),
    pNotMet: testNoFall(now, then, PLAN_RISE),
    needed: () => runsForPlanFirst(then, now),
  }));
}

/** The selectors pass failed runs over, so a side without one does not tell how many there were. */
function judgeSuccess(before: readonly Run[], after: readonly Run[]): Judged {
  const isKnown = [before, after].every((runs) => runs.some(({ outcome }) => outcome === "failure"));
  const [then, now] = [before, after].map((runs) => toShare(runs.map(({ success }) => success)));
  return judgeShares("success", then, now, (then, now) => ({
    isClaim: false,
    pMet: isKnown ? testNoFall(then, now, SUCCESS_MARGIN) : 1,
    pNotMet: isKnown ? testRise(toMisses(then), toMisses(now)) : 1,
    needed: () => runsForSuccess(then, now),
  }));
}

function judgeShares(
  criterion: Criterion["criterion"],
  then: Share = { hits: 0, runs: 0 },
  now: Share = { hits: 0, runs: 0 },
  judge: (then: Share, now: Share) => Pick<Judged, "isClaim" | "pMet" | "pNotMet" | "needed">,
): Judged {
  const values = {
    criterion,
    value_then: toRate(then),
    value_now: toRate(now),
    runs_then: then.runs,
    runs_now: now.runs,
  };
  if (then.runs === 0 || now.runs === 0) return { ...values, isClaim: false, pMet: 1, pNotMet: 1, needed: () => null };
  return { ...values, ...judge(then, now) };
}

function judgeCalls(before: readonly Run[], after: readonly Run[]): Judged {
  const [then = [], now = []] = [before, after].map((runs) =>
    // Hundredths, as the summary has them, so that equal values stay equal below.
    runs.flatMap(({ callsPerTask }) => (callsPerTask === null ? [] : [Math.round(callsPerTask * 100)])),
  );
  const isComparable = then.length > 0 && now.length > 0;
  return {
    criterion: "tool_calls_per_task",
    value_then: toHundredths(median(then)),
    value_now: toHundredths(median(now)),
    runs_then: then.length,
    runs_now: now.length,
    isClaim: isComparable,
    pMet: testFall(then, now),
    pNotMet: testFall(
      now.map((value) => value * 5),
      then.map((value) => value * CALLS_FIFTHS),
    ),
    needed: () => (isComparable ? runsForCalls(then, now) : null),
  };
}

function toShare(flags: readonly (boolean | null)[]): Share {
  const known = flags.filter((flag) => flag !== null);
  return { hits: known.filter(Boolean).length, runs: known.length };
}

function toMisses({ hits, runs }: Share): Share {
  return { hits: runs - hits, runs };
}

function toRate({ hits, runs }: Share): number | null {
  return runs === 0 ? null : Math.round((hits / runs) * 100) / 100;
}

function toHundredths(value: number | null): number | null {
  return value === null ? null : Math.round(value) / 100;
}
