import type { Score } from "../rows/score.ts";
import type { Outcome } from "../values/vocabulary.ts";

/** The scores of a trace or session; null when they could not be read. `decisive` names the one that is its outcome. */
export type Graded = { readonly scores: readonly Score[] | null; readonly decisive: string | null };
export const UNGRADED: Graded = { scores: [], decisive: null };

/** What a summary shows of the scores. `verdict` is null without a decisive one, or when it does not tell. */
export type Grades = {
  readonly shown: readonly Omit<Score, "at">[];
  readonly verdict: Outcome | null;
  /** A decisive score is there, and its value is no verdict. */
  readonly isUnclear: boolean;
};

const MAX_SCORES = 10;

/** The latest score of each name and source, the decisive one first, then by name and source; at most ten. */
export function toGrades({ scores, decisive }: Graded): Grades {
  const latest = new Map<string, Score>();
  for (const score of (scores ?? []).toSorted(byTime)) latest.set(`${score.name}\n${score.source}`, score);
  const sorted = [...latest.values()].toSorted(
    (left, right) =>
      Number(right.name === decisive) - Number(left.name === decisive) ||
      compare(left.name, right.name) ||
      compare(left.source, right.source),
  );
  const deciding = sorted
    .filter(({ name }) => name === decisive)
    .toSorted(byTime)
    .at(-1);
  const verdict = deciding === undefined ? null : toVerdict(deciding.value);
  return {
    shown: sorted.slice(0, MAX_SCORES).map(({ name, value, source }) => ({ name, value, source })),
    verdict,
    isUnclear: deciding !== undefined && verdict === null,
  };
}

const GOOD = /^(?:pass(?:ed)?|succe(?:ss|eded)|resolved|correct|ok|true|yes|good)$/iu;
const BAD = /^(?:fail(?:ed|ure)?|error|unresolved|incorrect|wrong|false|no|bad)$/iu;
const PART = /^(?:partial(?:ly)?(?:[ _-](?:success|pass(?:ed)?|correct))?)$/iu;

/** True or 1 is a success, false or 0 a failure, a number between them a part; of categories the words for these. */
function toVerdict(value: Score["value"]): Outcome | null {
  if (typeof value === "boolean") return value ? "success" : "failure";
  if (typeof value === "number") {
    if (value < 0 || value > 1) return null;
    return value === 1 ? "success" : value === 0 ? "failure" : "partial_success";
  }
  if (GOOD.test(value)) return "success";
  return BAD.test(value) ? "failure" : PART.test(value) ? "partial_success" : null;
}

/** By time; of two at one time by their value, so that the order in which they arrive does not matter. */
function byTime(left: Score, right: Score): number {
  return left.at - right.at || compare(String(left.value), String(right.value)) || compare(left.source, right.source);
}

function compare(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}
