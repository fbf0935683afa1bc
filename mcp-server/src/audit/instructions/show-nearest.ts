import { toLineIndex, type LineIndex } from "./line-index.ts";
import type { Line } from "./lines.ts";
import { count, searchedLines, showFrame, showHeadings, tellNone, toOutlined, type Outlined } from "./outline.ts";
import { parseLineRef, type LineRef, type PromptFiles } from "./prompt-file.ts";
import { toRanker, type Ranked } from "./rank-sections.ts";
import { seenInText } from "./seen.ts";
import { MAX_SHOWN, MAX_WHOLE_LINE, showLine } from "./show-line.ts";

/** What `refactoring-specialist` is given of the instructions, in characters (UTF-16 units). */
export const MAX_NEAREST = 6000;
/** So many lines are shown as they are where they have room. */
const MAX_WHOLE = 150;
const MAX_FILES_PART = 1200;
const MAX_HEADINGS_PART = 1500;
/** For the sentences between the parts. */
const RESERVE = 300;
/** So many sections are looked at for one issue. */
const MAX_SECTIONS = 3;

/** An accepted issue: what it says and recommends, and the lines of prompt files that it names (`CLAUDE.md:14`). */
export type NamedIssue = { readonly words: string; readonly where: readonly string[] };

/**
 * Of the prompt files what a translator needs to place sentences, at most 6,000 characters: all lines where they are few, else all
 * headings and the sections that belong to the issues, whole where they have room: the lines and sections that an issue names, then those
 * whose lines share most with its words. The issues take turns, so that each has its first section before any has a second.
 */
export function showNearest(files: PromptFiles, issues: readonly NamedIssue[]): string {
  const outlined = toOutlined(files);
  if (outlined.length === 0) return tellNone(files);
  const frame = showFrame(outlined, MAX_FILES_PART, files);
  const all = searchedLines(outlined).filter(({ isBlank }) => !isBlank);
  const weights = new Map(issues.flatMap(({ words }) => [...seenInText(words).terms]));
  const weightOf = (term: string): number => weights.get(term) ?? 0;
  // A sentence that takes a line's place says what of it still holds, so the lines that are named are shown in full.
  const named = new Set(issues.flatMap(({ where }) => where));
  const show = (line: Line): string =>
    showLine(line, weightOf, named.has(`${line.file.path}:${line.number}`) ? MAX_WHOLE_LINE : MAX_SHOWN);
  if (all.length <= MAX_WHOLE) {
    const whole = [
      frame,
      "All lines that are not blank:",
      "",
      ...all.map((line) => showLine(line, weightOf, MAX_WHOLE_LINE)),
    ].join("\n");
    if (whole.length <= MAX_NEAREST) return whole;
  }
  const index = toLineIndex(searchedLines(outlined));
  const rank = toRanker(index);
  const wanted = issues.map((issue) => toWanted(index, rank, issue, outlined));
  const most = showHeadings(outlined, new Set(), MAX_HEADINGS_PART).length;
  const first = issues.flatMap(({ where }) => where.map((line) => findNamed(index, parseLineRef(line), outlined)));
  const shown = takeTurns(index, first, wanted, MAX_NEAREST - frame.length - most - RESERVE, show);
  const headings = showHeadings(outlined, new Set(shown), most);
  return [
    frame,
    `Shown: ${count(shown.length)} of ${count(all.length)} lines, the sections that the issues name or that share most with their words. What is not shown may still be there.`,
    "",
    ...shown.map(show),
    ...(headings === "" ? [] : ["", "Further headings, by their lines:", headings]),
  ].join("\n");
}

/** The sections that an issue names, then those that its words belong to. */
function toWanted(
  index: LineIndex,
  rank: (words: string) => readonly Ranked[],
  { words, where }: NamedIssue,
  outlined: readonly Outlined[],
): readonly Ranked[] {
  const named = where.map((line) => findNamed(index, parseLineRef(line), outlined));
  const sections = new Set(named.flatMap((at) => index.sections[at] ?? []));
  const own = [...sections].map((section) => ({ section, worthOf: (at: number) => Number(named.includes(at)) }));
  const others = rank(words).filter(({ section }) => !sections.has(section));
  return [...own, ...others].slice(0, MAX_SECTIONS);
}

/** Where the named line stands; -1 without one. A file that repeats another is searched as that one, and by its links. */
function findNamed({ lines }: LineIndex, where: LineRef | null, outlined: readonly Outlined[]): number {
  if (where === null) return -1;
  const path = outlined.find(({ file }) => file.path === where.path)?.sameAs ?? where.path;
  return lines.findIndex(
    ({ file, number }) => number === where.line && (file.path === path || file.links?.includes(path) === true),
  );
}

/** The first lines and those of the wanted sections, in the order of the files, in at most `room` characters. */
function takeTurns(
  index: LineIndex,
  first: readonly number[],
  wanted: readonly (readonly Ranked[])[],
  room: number,
  show: (line: Line) => string,
): readonly Line[] {
  const { lines } = index;
  const chosen = new Set<number>();
  let left = room;
  const add = (at: number, most: number): boolean => {
    const line = lines[at];
    if (line === undefined || line.isBlank || chosen.has(at)) return true;
    const cost = show(line).length + 1;
    if (cost > Math.min(left, most)) return false;
    chosen.add(at);
    left -= cost;
    return true;
  };
  for (const at of first) add(at, room);
  for (let round = 0; round < MAX_SECTIONS; round += 1)
    for (const [at, sections] of wanted.entries()) {
      const one = sections[round];
      if (one === undefined) continue;
      // In a round each of those that are still to come has as much.
      const share = Math.floor(left / (wanted.length - at));
      const before = left;
      for (const place of byNearness(one, lines)) if (!add(place, share - (before - left))) break;
    }
  return lines.filter((_line, at) => chosen.has(at));
}

/** The places of a section: its heading, its best line, and what stands around that, the nearest first. */
function byNearness({ section, worthOf }: Ranked, lines: readonly Line[]): readonly number[] {
  const places = lines.slice(section.start, section.end).map((_line, at) => section.start + at);
  const best = places.reduce((most, at) => (worthOf(at) > worthOf(most) ? at : most), section.start);
  const heading = section.above.at(-1);
  const near = places.toSorted((left, right) => Math.abs(left - best) - Math.abs(right - best) || left - right);
  return heading === undefined ? near : [heading, ...near];
}
