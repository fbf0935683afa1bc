import { findTerms, NONE } from "./find-terms.ts";
import { toForce } from "./force.ts";
import { rankOf } from "./in-force.ts";
import type { LineIndex, Section } from "./line-index.ts";
import type { Line } from "./lines.ts";
import { isNoteHeading, isRule, isWorkOrder, namesFolder, toCheckFinder, toOrderFinder } from "./line-kinds.ts";
import type { Seen } from "./seen.ts";

/** What a line is worth: by the terms of what was seen that stand in or around it, and without them. */
export type Score = {
  readonly terms: readonly number[];
  /** What each of these terms is worth here. */
  readonly values: readonly number[];
  /** Those of its terms that it holds itself; the others stand around it. */
  readonly own: readonly number[];
  readonly prior: number;
};

export type Scores = {
  /** Of each line: what it is worth as long as nothing is shown. */
  readonly worths: Float64Array;
  /** For each check that is named anywhere, the line that is worth most; those of most worth first. */
  readonly checks: readonly number[];
  /** Orders about what is done with every change, where every session has them: the best of each section, then the second. */
  readonly orders: readonly number[];
  /** What a line is worth by each of its terms. */
  readonly scoreOf: (at: number) => Score;
};

// The weights were tuned on sessions and instruction files of two public projects, and judged on those of two others and on
// other sessions of the same two.
const INHERITED = 0.35;
const AROUND = 0.15;
const CHECK = 1;
const RULE = 0.8;
const NOTES = 1;
const FOLDER = 0.5;
/** Room that nothing better needs goes to what is in force. */
const TEXT = 0.02;
/** An order about a program that ran: where every session runs it, its name alone says nothing. */
const ORDER = 2;
const CODE = 0.4;
const RULE_HITS = 1.3;
/** An order that a section is about stands in its first lines. */
const NEAR_TOP = 8;
/** So far from a line its section still says what it is about. */
const REACH = 8;

/**
 * What each line is worth to a reader of what was seen. A term is worth more the fewer lines hold it. Linear in the
 * number of lines.
 */
export function scoreLines(index: LineIndex, seen: Seen): Scores {
  const { lines, sections } = index;
  const { found, worths: termWorths } = findTerms(index, seen);
  const { priors, checks, force } = toPriors(index, seen, termWorths.length);
  const inherited = perSection(({ above }) => above.map((at) => found[at] ?? NONE).filter(({ length }) => length > 0));
  // The terms of the line that is looked at, and what each is worth there: reused, as there are many lines.
  const terms: number[] = [];
  const values = new Float64Array(termWorths.length);
  const noted = new Int32Array(termWorths.length);
  let round = 0;
  const nextFound = toNextFound(found);

  const add = (held: readonly number[], worth: number): void => {
    for (const term of held) {
      const value = (termWorths[term] ?? 0) * worth;
      if (noted[term] !== round) {
        noted[term] = round;
        terms.push(term);
        values[term] = value;
      } else if (value > (values[term] ?? 0)) values[term] = value;
    }
  };
  /** Finds the terms in and around a line. */
  const look = (at: number): void => {
    terms.length = 0;
    const [line, section] = [lines[at], sections[at]];
    if (line === undefined || section === undefined || line.isBlank || line.level > 0) return;
    const last = Math.min(at + REACH, section.end - 1);
    const above = inherited(section);
    const first = nextFound[Math.max(at - REACH, section.start)] ?? lines.length;
    if (first > last && above.length === 0) return;
    round += 1;
    const scale = (line.isCode ? CODE : isRule(line) ? RULE_HITS : 1) * force(line);
    for (let other = first; other <= last; other += 1) add(found[other] ?? NONE, AROUND * scale);
    for (const held of above) add(held, INHERITED * scale);
    add(found[at] ?? NONE, scale);
  };

  const worths = priors.map((prior, at) => {
    look(at);
    let sum = prior;
    for (const term of terms) sum += values[term] ?? 0;
    return sum + (checks.get(at)?.length ?? 0) * CHECK * force(lines[at]);
  });
  return {
    worths,
    orders: toOrders(index, worths),
    checks: bestOf(checks, worths),
    scoreOf: (at) => {
      look(at);
      const named = checks.get(at) ?? NONE;
      return {
        terms: [...terms, ...named],
        values: [...terms.map((term) => values[term] ?? 0), ...named.map(() => CHECK * force(lines[at]))],
        own: [...(found[at] ?? NONE), ...named],
        prior: priors[at] ?? 0,
      };
    },
  };
}

type Priors = {
  /** Of each line: what it is worth without a word of what was seen. */
  readonly priors: Float64Array;
  /** The checks that a line names, as numbers behind those of the terms. A line that names none is left out. */
  readonly checks: ReadonlyMap<number, readonly number[]>;
  readonly force: (line: Line | undefined) => number;
};

function toPriors({ lines, sections }: LineIndex, seen: Seen, firstNumber: number): Priors {
  const force = toForce(seen);
  const isNoted = perSection(({ above }) => above.some((at) => isNoteHeading(lines[at])));
  const checks = new Map<number, readonly number[]>();
  const numbers = new Map<string, number>();
  const priors = new Float64Array(lines.length);
  const checksOf = toCheckFinder();
  const isOrder = toOrderFinder(seen.commands);
  for (const [at, line] of lines.entries()) {
    const section = sections[at];
    if (line.isBlank || line.level > 0 || section === undefined) continue;
    // A check that is named is worth showing, and less when it is named again.
    const named = checksOf(line);
    if (named.length > 0)
      checks.set(
        at,
        named.map((check) => {
          const number = numbers.get(check) ?? firstNumber + numbers.size;
          numbers.set(check, number);
          return number;
        }),
      );
    const reasons =
      (isRule(line) ? RULE : 0) +
      (!line.isCode && isNoted(section) ? NOTES : 0) +
      (namesFolder(line) ? FOLDER : 0) +
      (at < section.start + NEAR_TOP && isOrder(line) ? ORDER : 0);
    priors[at] = (TEXT + reasons) * force(line);
  }
  return { priors, checks, force };
}

function toOrders({ lines, sections }: LineIndex, worths: Float64Array): readonly number[] {
  const worthOf = (at: number): number => worths[at] ?? 0;
  const orders = [...lines.entries()]
    .filter(([, line]) => rankOf(line.file.path) === 0 && isWorkOrder(line))
    .map(([at]) => at)
    .toSorted((left, right) => worthOf(right) - worthOf(left));
  const taken = new Map<Section | undefined, number>();
  const rounds = orders.map((at) => {
    const round = taken.get(sections[at]) ?? 0;
    taken.set(sections[at], round + 1);
    return { at, round };
  });
  return rounds.toSorted((left, right) => left.round - right.round).map(({ at }) => at);
}

function bestOf(checks: Priors["checks"], worths: Float64Array): readonly number[] {
  const worthOf = (at: number): number => worths[at] ?? 0;
  const best = new Map<number, number>();
  for (const [at, named] of checks)
    for (const check of named) if (worthOf(at) > worthOf(best.get(check) ?? -1)) best.set(check, at);
  return [...new Set(best.values())].toSorted((left, right) => worthOf(right) - worthOf(left));
}

/** Of each line: the first from there on that holds a term of what was seen; behind the last line when none does. */
function toNextFound(found: readonly (readonly number[])[]): Int32Array {
  const next = new Int32Array(found.length);
  let nearest = found.length;
  for (let at = found.length - 1; at >= 0; at -= 1) {
    if (found[at] !== NONE) nearest = at;
    next[at] = nearest;
  }
  return next;
}

/** What is read of a section, kept while its lines are scored. */
function perSection<T>(read: (section: Section) => T): (section: Section) => T {
  const known = new Map<Section, T>();
  return (section) => {
    const found = known.get(section) ?? read(section);
    known.set(section, found);
    return found;
  };
}
