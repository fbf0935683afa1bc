import type { Criterion } from "./criterion.ts";
import { toLikes, type Stratum } from "./like-with-like.ts";
import { byStart, lookAt, MAX_RUNS } from "./looks.ts";
import { judge, type Judged } from "./judge.ts";
import { toPairs } from "./pairs.ts";
import type { Run } from "./run.ts";

/** The runs of two audits against each other. */
export type Compared = {
  readonly criteria: readonly Criterion[];
  /** What differs beside the prompt, where every verdict is `confounded`; see like-with-like.ts. */
  readonly differs: readonly string[];
  readonly unrecorded: readonly string[];
  /** Runs of circumstances that only one side has. */
  readonly left_out: number;
  /** How many pairs of one goal were compared; null where runs were not paired. */
  readonly pairs: number | null;
  /** How many claims of an improvement were decided, which others beside them have to count. */
  readonly claims: number;
};

/** Planning takes most of the time of a comparison; without it `runs_needed` is null. */
export type Options = {
  readonly isPlanned: boolean;
  /** Claims that are decided beside these, see evidence-criteria.ts: Holm counts them too. */
  readonly otherClaims?: number;
};

/**
 * Compares the runs of two audits, like with like, at most 50 on a side and on the later side as many as the last look has,
 * in the order in which they started. Of the claims of an improvement the clearest has to pass at the look's level divided
 * by their number, the next by one less, and so on (Holm), so that the chance of any wrong one is at most 0.05 over all
 * looks. Later runs of a session that has earlier ones too are left out: it began before the change, and its runs drift
 * together. Where there are no others, these are shown and decide nothing. Null when no two runs are of one kind.
 */
export function compareRuns(
  then: readonly Run[],
  now: readonly Run[],
  { isPlanned, otherClaims = 0 }: Options = { isPlanned: true },
): Compared | null {
  const before = then.toSorted(byStart).slice(0, MAX_RUNS);
  const known = new Set(before.flatMap(({ sessionId }) => sessionId ?? []));
  const apart = now.filter(({ sessionId }) => sessionId === null || !known.has(sessionId));
  const later = (apart.length > 0 ? apart : now).toSorted(byStart).slice(0, MAX_RUNS);
  const { strata, differs, leftOut, unrecorded } = toLikes(before, later);
  const said = { differs, unrecorded, left_out: leftOut };
  if (differs.length > 0) {
    const judged = judge([{ before, after: later }], null);
    return { ...said, pairs: null, claims: 0, criteria: judged.map((one) => toCriterion(one, "confounded", null)) };
  }
  if (strata.length === 0) return null;
  const look = apart.length > 0 ? lookAt(countNow(strata)) : null;
  const seen = look === null ? strata : firstOf(strata, look.runs);
  const pairs = look === null ? null : toPairs(seen);
  const judged = judge(seen, pairs);
  const claims = judged.filter(({ isClaim }) => isClaim);
  const level = look?.level ?? 0;
  const confirmed = new Set(passHolm(claims, level, otherClaims));
  const criteria = toCriteria(judged, confirmed, level, isPlanned);
  return { ...said, pairs: pairs?.length ?? null, claims: claims.length, criteria };
}

function toCriteria(
  judged: readonly Judged[],
  confirmed: ReadonlySet<Judged>,
  level: number,
  isPlanned: boolean,
): readonly Criterion[] {
  const verdictOf = (one: Judged): Criterion["verdict"] => {
    if (one.isClaim ? confirmed.has(one) : one.pMet <= level) return "met";
    return one.pNotMet <= level ? "not met" : "inconclusive";
  };
  const success = judged.find(({ criterion }) => criterion === "success");
  return judged.map((one) => {
    const verdict = verdictOf(one);
    const needed = verdict === "inconclusive" && isPlanned ? one.needed() : null;
    return toCriterion(one, withSuccess(one, verdict, success === undefined ? null : verdictOf(success)), needed);
  });
}

/** Fewer calls are no gain by themselves: whoever gives up sooner makes fewer. */
function withSuccess(
  { criterion }: Judged,
  verdict: Criterion["verdict"],
  success: Criterion["verdict"] | null,
): Criterion["verdict"] {
  if (criterion !== "tool_calls_per_task" || verdict !== "met" || success === "met") return verdict;
  return success === "not met" ? "fewer calls, worse" : "fewer calls, success unknown";
}

/** The claims that pass at a level, the clearest first, by Holm over them and `otherClaims` more. */
export function passHolm<Claim extends { readonly pMet: number }>(
  claims: readonly Claim[],
  level: number,
  otherClaims: number,
): readonly Claim[] {
  const sorted = claims.toSorted((left, right) => left.pMet - right.pMet);
  const failed = sorted.findIndex(({ pMet }, at) => pMet > level / (sorted.length - at + otherClaims));
  return failed === -1 ? sorted : sorted.slice(0, failed);
}

function toCriterion(judged: Judged, verdict: Criterion["verdict"], runs_needed: string | null): Criterion {
  const { criterion, value_then, value_now, runs_then, runs_now } = judged;
  return { criterion, value_then, value_now, verdict, runs_then, runs_now, runs_needed };
}

function countNow(strata: readonly Stratum[]): number {
  return strata.reduce((sum, { after }) => sum + after.length, 0);
}

/** The strata with the first so many later runs of all of them. */
function firstOf(strata: readonly Stratum[], runs: number): readonly Stratum[] {
  const first = new Set(
    strata
      .flatMap(({ after }) => after)
      .toSorted(byStart)
      .slice(0, runs),
  );
  return strata
    .map(({ before, after }) => ({ before, after: after.filter((run) => first.has(run)) }))
    .filter(({ after }) => after.length > 0);
}
