import type { Line } from "./lines.ts";
import { namedFiles, runsIn, termsOfRun } from "./words.ts";

/** Lines that stand together below one heading, or before the first one of a file. */
export type Section = {
  /** Where its lines begin, and where they end (exclusive); its heading is none of them. */
  readonly start: number;
  readonly end: number;
  /** Where the headings above it stand, the nearest last. */
  readonly above: readonly number[];
  /** Which of the files it belongs to, from 0. */
  readonly file: number;
};

/** What does not change from one question about the same lines to the next. Terms are numbers here, from 0. */
export type LineIndex = {
  readonly lines: readonly Line[];
  /** Of each line, in the order in which they stand in it. */
  readonly terms: readonly (readonly number[])[];
  readonly numbers: ReadonlyMap<string, number>;
  /** By how many lines a term is held. */
  readonly counts: readonly number[];
  /** The lines that are not blank. */
  readonly total: number;
  /** Of each line; a heading belongs to the section that it begins. */
  readonly sections: readonly Section[];
};

const NONE: readonly number[] = [];

/** Reads the terms and sections of lines once. Linear in the length of the lines. */
export function toLineIndex(lines: readonly Line[]): LineIndex {
  const counts: number[] = [];
  const numbers = new Map<string, number>();
  const numberOf = (term: string): number => {
    const number = numbers.get(term) ?? numbers.size;
    numbers.set(term, number);
    return number;
  };
  // A word that occurs again is taken apart once.
  const known = new Map<string, readonly number[]>();
  const last: number[] = [];
  let total = 0;
  const terms = lines.map(({ text, isBlank }, at) => {
    if (isBlank) return NONE;
    total += 1;
    const held: number[] = [];
    const add = (term: number): void => {
      if (last[term] === at) return;
      last[term] = at;
      counts[term] = (counts[term] ?? 0) + 1;
      held.push(term);
    };
    for (const run of runsIn(text)) {
      const found = known.get(run) ?? termsOfRun(run).map(numberOf);
      known.set(run, found);
      for (const term of found) add(term);
    }
    for (const name of namedFiles(text)) add(numberOf(name));
    return held;
  });
  return { lines, terms, numbers, counts, total, sections: toSections(lines) };
}

function toSections(lines: readonly Line[]): readonly Section[] {
  const places = new Map<Line, number>();
  const sections: Section[] = [];
  let [file, start] = [-1, 0];
  while (start < lines.length) {
    const first = lines[start];
    if (first === undefined) break;
    if (first.file !== lines[start - 1]?.file) file += 1;
    if (first.level > 0) places.set(first, start);
    const above = (first.level > 0 ? [...first.above, first] : first.above).map((line) => places.get(line) ?? start);
    let end = start + 1;
    while (end < lines.length && lines[end]?.level === 0 && lines[end]?.file === first.file) end += 1;
    const section = { start: first.level > 0 ? start + 1 : start, end, above, file };
    while (sections.length < end) sections.push(section);
    start = end;
  }
  return sections;
}
