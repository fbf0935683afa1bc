import { parseLineRange } from "../instructions/prompt-file.ts";
import { termsOf } from "../instructions/words.ts";
import { quote, type AddProblem } from "./form.ts";

/** The part of a change that can get in the way of another one's. */
type Change = {
  readonly file: string;
  readonly place: string;
  readonly replaces?: string;
  readonly constraints: readonly string[];
};

/** Of two sentences the shorter has at least so many words that say something; this part of them stands in the longer one. */
const MIN_TERMS = 4;
const SAME = 0.8;

/**
 * Reports changes that get in each other's way: both replace a line, or one goes into lines that the other replaces; and
 * constraints of one file that say the same. Several changes below one line are fine, be it one that another replaces:
 * code puts them in order.
 */
export function checkOverlap(changes: readonly Change[], addProblem: AddProblem): void {
  for (const [at, change] of changes.entries())
    for (const [before, other] of changes.slice(0, at).entries())
      if (change.file === other.file && isAtOnePlace(change, other))
        addProblem(
          `changes[${at}] is placed where changes[${before}] replaces a line. Make one change of them, or name another place.`,
        );
  const sentences = changes.flatMap(({ file, constraints }, at) =>
    constraints.map((sentence, number) => ({
      file,
      sentence,
      path: `changes[${at}].constraints[${number}]`,
      terms: new Set(termsOf(sentence)),
    })),
  );
  for (const [at, one] of sentences.entries()) {
    const same = sentences.slice(0, at).find((other) => other.file === one.file && saySame(one.terms, other.terms));
    if (same !== undefined)
      addProblem(`${one.path} says what ${same.path} says: ${quote(one.sentence)}. Write it once, in one change.`);
  }
}

function isAtOnePlace(left: Change, right: Change): boolean {
  const [one, other] = [left, right].map(({ place, replaces }) =>
    parseLineRange(replaces ?? place.replace(/^below /u, "")),
  );
  if (one === null || other === null || one === undefined || other === undefined) return false;
  if (left.replaces === undefined && right.replaces === undefined) return false;
  if (left.replaces === undefined) return one.last >= other.first && one.last < other.last;
  if (right.replaces === undefined) return other.last >= one.first && other.last < one.last;
  return one.first <= other.last && other.first <= one.last;
}

function saySame(left: ReadonlySet<string>, right: ReadonlySet<string>): boolean {
  const fewer = Math.min(left.size, right.size);
  return fewer >= MIN_TERMS && [...left].filter((term) => right.has(term)).length >= SAME * fewer;
}
