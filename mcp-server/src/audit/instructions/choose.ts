import type { LineIndex, Section } from "./line-index.ts";
import type { Line } from "./lines.ts";
import type { Score, Scores } from "./score.ts";

/** What was shown of a term often says little when it is shown again. */
const AGAIN = 0.7;
/** What is left of a term's worth when it was shown so often; then nothing. */
const FADE = Array.from({ length: 100 }, (_times, times) => AGAIN ** times);
/** So many lines, the best, are looked at again and again. */
const MAX_CANDIDATES = 1500;
/** This part of the room is first of all for one line of each check. */
const CHECKS = 0.12;
/** And this part behind it for orders about what is done with every change: a sentence that is to be replaced is often one of them. */
const ORDERS = 0.25;
/** So often a line's worth is reckoned again; texts of many lines that say the same would take it without end. */
const MAX_LOOKS = 30_000;
/** A section, and a file, that already has this many lines shown is worth half as much as before. */
const SECTION_HALF = 12;
const FILE_HALF = 100;
/** So far above a line its lead ("Do NOT:") is searched for. */
const LEAD = 8;
/** A code block's mark says nothing by itself. */
const FENCE = /^\s{0,20}(?:`{3,}|~{3,})/u;

/** A line that can be chosen: where it stands, its score, and what it takes of the room. */
type Candidate = { readonly at: number; readonly score: Score; readonly root: number };

/**
 * Chooses the lines that are worth most for their room, at most `room` characters by the lines' costs, in the order of the files: what
 * matters for many terms before more of the same, spread over sections and files. A line comes with the line that
 * introduces it, and one that introduces others with the first of them; headings are no choice. What is asked of each line
 * is asked once, so that several rooms can be tried.
 */
export function toChooser(
  index: LineIndex,
  scores: Scores,
  costs: readonly number[],
): (room: number) => readonly Line[] {
  const candidates = toCandidates(index, scores, costs);
  return (room) => choose(index, scores, { candidates, costs }, room);
}

function toCandidates(
  { lines }: LineIndex,
  { worths, scoreOf }: Scores,
  costs: readonly number[],
): readonly Candidate[] {
  const places: number[] = [];
  for (const [at, worth] of worths.entries()) if (worth > 0 && isChoice(lines[at])) places.push(at);
  return places
    .toSorted((left, right) => (worths[right] ?? 0) - (worths[left] ?? 0))
    .slice(0, MAX_CANDIDATES)
    .map((at) => ({ at, score: scoreOf(at), root: Math.sqrt(60 + (costs[at] ?? 0)) }));
}

function choose(
  { lines, sections }: LineIndex,
  { scoreOf, checks, orders }: Scores,
  { candidates, costs }: { readonly candidates: readonly Candidate[]; readonly costs: readonly number[] },
  room: number,
): readonly Line[] {
  const shown: number[] = [];
  const perSection = new Map<Section | undefined, number>();
  const perFile: number[] = [];
  const texts = new Set<string>();
  const chosen = new Set<number>();
  let left = room;

  const headingOf = (at: number): number | undefined => sections[at]?.above.at(-1);
  const take = (at: number): void => {
    const line = lines[at];
    if (line === undefined || chosen.has(at)) return;
    chosen.add(at);
    texts.add(line.text.trim());
    left -= costs[at] ?? 0;
    if (line.level > 0) return;
    const heading = headingOf(at);
    if (heading !== undefined) take(heading);
    for (const term of scoreOf(at).own) shown[term] = (shown[term] ?? 0) + 1;
    const section = sections[at];
    perSection.set(section, (perSection.get(section) ?? 0) + 1);
    if (section !== undefined) perFile[section.file] = (perFile[section.file] ?? 0) + 1;
  };
  const gain = ({ at, score, root }: Candidate): number => {
    const { terms, values, prior } = score;
    let sum = prior;
    for (let slot = 0; slot < terms.length; slot += 1)
      sum += (values[slot] ?? 0) * (FADE[shown[terms[slot] ?? 0] ?? 0] ?? 0);
    const section = sections[at];
    const inSection = perSection.get(section) ?? 0;
    const inFile = perFile[section?.file ?? 0] ?? 0;
    return sum / (1 + inSection / SECTION_HALF) / (1 + inFile / FILE_HALF) / root;
  };

  /** Takes these lines, with their headings, as far as a part of the room goes; no text twice. */
  const takeFirst = (places: readonly number[], part: number): void => {
    const before = left;
    for (const at of places) {
      const added = [at, headingOf(at) ?? at].filter((one) => !chosen.has(one));
      const cost = [...new Set(added)].reduce((sum, one) => sum + (costs[one] ?? 0), 0);
      if (before - left + cost <= room * part && !texts.has(lines[at]?.text.trim() ?? "")) take(at);
    }
  };
  takeFirst(checks, CHECKS);
  takeFirst(orders, ORDERS);

  // Nothing that is taken makes another line worth more, so a worth that is out of date is never too low.
  const queue = candidates
    .map((one) => ({ one, value: gain(one) }))
    .toSorted((first, second) => first.value - second.value);
  let looks = 0;
  while (left > 0) {
    const top = queue.pop();
    if (top === undefined || top.value <= 0) break;
    const { at } = top.one;
    if (chosen.has(at) || texts.has(lines[at]?.text.trim() ?? "")) continue;
    const value = gain(top.one);
    looks += 1;
    if (looks < MAX_LOOKS && value < (queue.at(-1)?.value ?? 0)) {
      insert(queue, { one: top.one, value });
      continue;
    }
    const group = [at, ...neighboursOf(lines, at)];
    const added = new Set(group.flatMap((one) => [one, headingOf(one) ?? one]).filter((one) => !chosen.has(one)));
    if ([...added].reduce((sum, one) => sum + (costs[one] ?? 0), 0) <= left) for (const one of group) take(one);
  }
  return [...chosen].toSorted((first, second) => first - second).flatMap((at) => lines[at] ?? []);
}

/** Puts an entry behind all that are worth less, into a queue whose last one is worth most. */
function insert<T extends { readonly value: number }>(queue: T[], entry: T): void {
  let low = 0;
  let high = queue.length;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((queue[middle]?.value ?? 0) < entry.value) low = middle + 1;
    else high = middle;
  }
  queue.splice(low, 0, entry);
}

function isChoice(line: Line | undefined): boolean {
  return (
    line !== undefined && !line.isBlank && line.level === 0 && /[\p{L}\p{N}]/u.test(line.text) && !FENCE.test(line.text)
  );
}

/** The line that introduces a line, and those that it introduces. */
function neighboursOf(lines: readonly Line[], at: number): readonly number[] {
  const line = lines[at];
  if (line === undefined) return [];
  const found: number[] = [];
  const isSame = (other: Line | undefined): other is Line =>
    other !== undefined && other.file === line.file && other.level === 0;
  if (/^\s*(?:[-*+]|\d+[.)])\s/u.test(line.text) || line.isCode) {
    for (let back = 1; back <= LEAD; back += 1) {
      const other = lines[at - back];
      if (!isSame(other)) break;
      if (isLead(other.text)) {
        found.push(at - back);
        break;
      }
    }
  }
  if (isLead(line.text)) {
    const next = [at + 1, at + 2, at + 3].filter((other) => {
      const one = lines[other];
      return isSame(one) && !one.isBlank && !FENCE.test(one.text);
    });
    found.push(...next.slice(0, 2));
  }
  return found;
}

function isLead(text: string): boolean {
  return text.length < 300 && /[:：](?:\*\*|__)?\s*$/u.test(text);
}
