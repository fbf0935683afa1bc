import type { SummaryFacts } from "../evidence/summary-facts.ts";
import { decideOf, parseCriterion, toText, type Measure } from "../plan/criteria.ts";
import type { Share } from "./binomial.ts";
import { median, testFall } from "./exact-test-of-counts.ts";
import { testNoFall, testRise } from "./exact-test-of-shares.ts";
import { passHolm } from "./criteria.ts";
import type { VERDICTS } from "./criterion.ts";
import { byStart, lookAt, MAX_RUNS } from "./looks.ts";
import { PLAN_RISE } from "./needed.ts";

/** A criterion that follows from the evidence of the plan before, in its runs and in those of this audit. */
export type EvidenceCriterion = {
  /** As the plan before has it, without the audited numbers. */
  readonly criterion: string;
  /** In words; `not recorded` where no run of the side tells. */
  readonly value_then: string;
  readonly value_now: string;
  /** How many runs of each side tell. */
  readonly runs_then: number;
  readonly runs_now: number;
  readonly verdict: (typeof VERDICTS)[number];
};

type Judged = Omit<EvidenceCriterion, "verdict"> & {
  /** Whether both sides have runs that tell. */
  readonly isClaim: boolean;
  readonly pMet: number;
  readonly pNotMet: number;
  /** At which the claims of this look are decided; 0 before the first. */
  readonly level: number;
};

const FIFTHS = 4;

/** The criteria of a plan that follow from its evidence, judged but for the other claims of the comparison. */
export function judgeEvidence(
  criteria: readonly string[],
  then: readonly SummaryFacts[],
  now: readonly SummaryFacts[],
): readonly Judged[] {
  const [before, after] = ofOneScope(then, now);
  const known = new Set(before.flatMap(({ session_id }) => session_id ?? []));
  const apart = after.filter(({ session_id }) => session_id === null || !known.has(session_id));
  // A session that began before the change says nothing of it, and between two looks nothing is decided.
  const look = lookAt(apart.length);
  const later = (apart.length > 0 ? apart : after)
    .toSorted((left, right) => byStart(toStarted(left), toStarted(right)))
    .slice(0, look?.runs ?? MAX_RUNS);
  return criteria.flatMap((line) => {
    const measure = parseCriterion(line)?.measure ?? null;
    if (measure === null || measure.kind === "fixed") return [];
    const judged = judge(measure, before, later);
    const level = look?.level ?? 0;
    return [look === null ? { ...judged, ...UNTESTED, level } : { ...judged, level }];
  });
}

function toStarted({ started_at, trace_id }: SummaryFacts): Parameters<typeof byStart>[0] {
  return { startedAt: started_at, traceId: trace_id };
}

/** A turn shows less than a session does, so only runs of one scope are compared: that of which both sides have more. */
function ofOneScope(
  then: readonly SummaryFacts[],
  now: readonly SummaryFacts[],
): readonly [readonly SummaryFacts[], readonly SummaryFacts[]] {
  const sides = [false, true].map((isSession) => {
    const ofScope = ({ scope }: SummaryFacts): boolean => (scope === "session") === isSession;
    return [then.filter(ofScope), now.filter(ofScope)] as const;
  });
  const [turns = [[], []], sessions = [[], []]] = sides;
  const fewer = ([before, after]: (typeof sides)[number]): number => Math.min(before.length, after.length);
  // Where there is none of both sides, those of the earlier side are shown.
  const isOfNone = fewer(sessions) === 0 && fewer(turns) === 0 && sessions[0].length > 0;
  return isOfNone || fewer(sessions) > fewer(turns) ? sessions : turns;
}

/**
 * The verdicts at the look's level, by Holm over these claims and `otherClaims` more; null says that something else than a
 * prompt changed between the sides, so that no verdict can be given.
 */
export function decideEvidence(judged: readonly Judged[], otherClaims: number | null): readonly EvidenceCriterion[] {
  const claims = judged.filter(({ isClaim }) => isClaim);
  const met = new Set(passHolm(claims, claims[0]?.level ?? 0, otherClaims ?? 0));
  const verdictOf = (one: Judged): EvidenceCriterion["verdict"] => {
    if (otherClaims === null) return "confounded";
    if (met.has(one)) return "met";
    return one.pNotMet <= one.level ? "not met" : "inconclusive";
  };
  return judged.map((one) => {
    const { criterion, value_then, value_now, runs_then, runs_now } = one;
    return { criterion, value_then, value_now, runs_then, runs_now, verdict: verdictOf(one) };
  });
}

/**
 * A criterion was chosen because the runs then show it, so the run that shows it most is left out of the test: without it
 * the others are as likely to show it as any. Simulated for the three most frequent of 30 behaviours: at most 3 % wrong.
 */
function judge(measure: Measure, then: readonly SummaryFacts[], now: readonly SummaryFacts[]): Omit<Judged, "level"> {
  const values = [then, now].map((runs) =>
    runs
      .slice(0, MAX_RUNS)
      .map((facts) => decideOf({ measure }, facts))
      .filter((value) => value !== null),
  );
  const [before = [], after = []] = values;
  const said = {
    criterion: toText(measure),
    value_then: tell(before),
    value_now: tell(after),
    ...countSides(before, after),
  };
  const [flags, later] = [before, after].map((side) => side.filter((value) => typeof value === "boolean"));
  const tested =
    flags !== undefined && later !== undefined && flags.length > 0
      ? testFlags(dropWorst(flags), later)
      : testNumbers(dropWorst(before.map(Number)), after.map(Number));
  return { ...said, ...tested };
}

function countSides(then: readonly unknown[], now: readonly unknown[]) {
  return { runs_then: then.length, runs_now: now.length };
}

type Tested = Pick<Judged, "isClaim" | "pMet" | "pNotMet">;
const UNTESTED: Tested = { isClaim: false, pMet: 1, pNotMet: 1 };

function testFlags(then: readonly boolean[], now: readonly boolean[]): Tested {
  if (then.length === 0 || now.length === 0) return UNTESTED;
  const [before, after] = [toMisses(then), toMisses(now)];
  return { isClaim: true, pMet: testRise(before, after), pNotMet: testNoFall(after, before, PLAN_RISE) };
}

function testNumbers(then: readonly number[], now: readonly number[]): Tested {
  if (then.length === 0 || now.length === 0) return UNTESTED;
  // Whole numbers, so that equal values stay equal.
  const [before = [], after = []] = [then, now].map((side) => side.map((value) => Math.round(value * SCALE)));
  return {
    isClaim: true,
    pMet: testFall(before, after),
    pNotMet: testFall(
      after.map((value) => value * 5),
      before.map((value) => value * FIFTHS),
    ),
  };
}
const SCALE = 10_000;

function dropWorst<Value extends boolean | number>(values: readonly Value[]): readonly Value[] {
  const worst = values.reduce((most, value, at) => (Number(value) > Number(values[most] ?? 0) ? at : most), 0);
  return values.filter((_value, at) => at !== worst);
}

function toMisses(flags: readonly boolean[]): Share {
  return { hits: flags.filter((flag) => !flag).length, runs: flags.length };
}

function tell(values: readonly (boolean | number)[]): string {
  if (values.length === 0) return "not recorded";
  const of = values.length === 1 ? "1 run" : `${values.length} runs`;
  if (values.every((value) => typeof value === "boolean")) return `in ${values.filter(Boolean).length} of ${of}`;
  const middle = median(values.map((value) => Math.round(Number(value) * 100))) ?? 0;
  return `${Math.round(middle) / 100} (median of ${of})`;
}
