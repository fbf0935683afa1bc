import type { LineIndex, Section } from "./line-index.ts";
import { isNoteHeading, isRule, toCheckFinder } from "./line-kinds.ts";
import { seenInText } from "./seen.ts";

/** Okapi BM25 (Robertson and Zaragoza, 2009, "The Probabilistic Relevance Framework"), with its usual constants. */
const SATURATION = 1.2;
const LENGTH = 0.75;
/** What a heading says, its section is about. */
const HEADING = 3;
/** A rule is put among rules, checks and notes, not into a description. */
const RULES = 2.5;
/** A section is one of rules when this part of its lines are. */
const RULES_PART = 0.25;

/** A section, and what each of its lines shares with the words. */
export type Ranked = { readonly section: Section; readonly worthOf: (at: number) => number };

/** The sections that share anything with some words, those that a sentence about them belongs to first. */
export function toRanker(index: LineIndex): (words: string) => readonly Ranked[] {
  const { lines, terms, numbers, sections } = index;
  const all = [...new Set(sections)].filter(({ start, end }) => end > start);
  const mean = all.reduce((sum, { start, end }) => sum + end - start, 0) / Math.max(1, all.length);
  const checksOf = toCheckFinder();
  const boosts = new Map(all.map((section) => [section, boostOf(section)]));
  return (words) => {
    const worths = new Map<number, number>();
    for (const term of seenInText(words).terms.keys()) {
      const number = numbers.get(term);
      if (number !== undefined) worths.set(number, Math.log2(1 + index.total / (index.counts[number] ?? 1)));
    }
    const worthOf = (at: number): number => (terms[at] ?? []).reduce((sum, term) => sum + (worths.get(term) ?? 0), 0);
    return all
      .map((section) => ({ section, worthOf, score: scoreOf(section, worths) * (boosts.get(section) ?? 1) }))
      .filter(({ score }) => score > 0)
      .toSorted((left, right) => right.score - left.score || left.section.start - right.section.start);
  };

  function scoreOf({ start, end, above }: Section, worths: ReadonlyMap<number, number>): number {
    const times = new Map<number, number>();
    const add = (at: number, weight: number): void => {
      for (const term of terms[at] ?? []) if (worths.has(term)) times.set(term, (times.get(term) ?? 0) + weight);
    };
    for (let at = start; at < end; at += 1) add(at, 1);
    for (const at of above) add(at, HEADING);
    const length = SATURATION * (1 - LENGTH + (LENGTH * (end - start)) / mean);
    return [...times].reduce((sum, [term, count]) => sum + ((worths.get(term) ?? 0) * count) / (count + length), 0);
  }

  function boostOf({ start, end, above }: Section): number {
    const text = lines.slice(start, end).filter(({ isBlank }) => !isBlank);
    const ruling = text.filter((line) => isRule(line) || checksOf(line).length > 0).length;
    return isNoteHeading(lines[above.at(-1) ?? -1]) || ruling >= RULES_PART * text.length ? RULES : 1;
  }
}
