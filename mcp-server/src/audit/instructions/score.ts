import { findTerms } from "./find-terms.ts";
import { forceOf } from "./force.ts";
import type { LineIndex, Section } from "./line-index.ts";
import { checksIn, isNoteHeading, isRule, namesFolder } from "./line-kinds.ts";
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

// The weights were tried on the sessions and instruction files of two public projects, and judged on those of two others.
const INHERITED = 0.35;
const AROUND = 0.15;
const CHECK = 1.6;
const RULE = 0.8;
const NOTES = 1;
const FOLDER = 0.5;
/** Room that nothing better needs goes to what is in force. */
const TEXT = 0.02;
const CODE = 0.4;
const RULE_HITS = 1.3;
/** So far from a line its section still says what it is about. */
const REACH = 8;

const NONE: readonly number[] = [];
const WORTHLESS: Score = { terms: NONE, values: NONE, own: NONE, prior: 0 };

/**
 * What each line is worth to a reader of what was seen. A term is worth more the fewer lines hold it. `isWordsOnly`: rules,
 * checks and notes are worth nothing by themselves. Linear in the number of lines.
 */
export function scoreLines(index: LineIndex, seen: Seen, isWordsOnly = false): readonly Score[] {
  const { lines, sections } = index;
  const { found, worths } = findTerms(index, seen);
  const forces = new Map(lines.map(({ file }) => [file, 0]));
  for (const file of forces.keys()) forces.set(file, forceOf(file.path, seen));
  const checkNumbers = new Map<string, number>();
  const isNoted = perSection(({ above }) => above.some((at) => isNoteHeading(lines[at])));
  const inherited = perSection(({ above }) => above.map((at) => found[at] ?? NONE).filter(({ length }) => length > 0));
  // Where in the line's terms a term stands, and of which line that was noted.
  const slots = new Int32Array(worths.length);
  const noted = new Int32Array(worths.length).fill(-1);

  return lines.map((line, at) => {
    const section = sections[at];
    if (line.isBlank || line.level > 0 || section === undefined) return WORTHLESS;
    const force = forces.get(line.file) ?? 1;
    const [first, last] = [Math.max(at - REACH, section.start), Math.min(at + REACH, section.end - 1)];
    const above = inherited(section);
    if (isWordsOnly && above.length === 0 && !isAnyFound(found, first, last)) return WORTHLESS;
    const isRuled = isRule(line);
    const scale = (line.isCode ? CODE : isRuled ? RULE_HITS : 1) * force;
    const terms: number[] = [];
    const values: number[] = [];
    const add = (held: readonly number[], share: number): void => {
      for (const term of held) {
        const value = (worths[term] ?? 0) * share * scale;
        const slot = noted[term] === at ? (slots[term] ?? 0) : terms.length;
        if (slot < terms.length && (values[slot] ?? 0) >= value) continue;
        terms[slot] = term;
        values[slot] = value;
        slots[term] = slot;
        noted[term] = at;
      }
    };
    for (let other = first; other <= last; other += 1) add(found[other] ?? NONE, AROUND);
    for (const held of above) add(held, INHERITED);
    const own = found[at] ?? NONE;
    add(own, 1);
    if (isWordsOnly) return { terms, values, own, prior: 0 };
    // A check that is named is worth showing, and less when it is named again.
    const checks = checksIn(line).map((check) => numberOf(checkNumbers, check, worths.length));
    for (const check of checks) {
      terms.push(check);
      values.push(CHECK * force);
    }
    return {
      terms,
      values,
      own: [...own, ...checks],
      prior:
        (TEXT +
          (isRuled ? RULE : 0) +
          (isNoted(section) && !line.isCode ? NOTES : 0) +
          (namesFolder(line) ? FOLDER : 0)) *
        force,
    };
  });
}

function isAnyFound(found: readonly (readonly number[])[], first: number, last: number): boolean {
  for (let at = first; at <= last; at += 1) if ((found[at]?.length ?? 0) > 0) return true;
  return false;
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

function numberOf(numbers: Map<string, number>, name: string, first: number): number {
  const number = numbers.get(name) ?? first + numbers.size;
  numbers.set(name, number);
  return number;
}
