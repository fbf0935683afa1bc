import type { Line } from "./lines.ts";
import type { Scored } from "./score.ts";

/** What was shown of a term often says little when it is shown again. */
const AGAIN = 0.7;
/** So many lines, the best, are looked at again and again. */
const MAX_CANDIDATES = 1500;
/** A section, and a file, that already has this many lines shown is worth half as much as before. */
const SECTION_HALF = 12;
const FILE_HALF = 100;
/** So far above a line its lead ("Do NOT:") is searched for. */
const LEAD = 8;
/** A code block's mark says nothing by itself. */
const FENCE = /^\s{0,20}(?:`{3,}|~{3,})/u;

/**
 * The lines that are worth most for their room, at most `room` characters by `costOf`, in the order of the files: what
 * matters for many terms before more of the same, spread over sections and files. A line comes with the line that
 * introduces it, and one that introduces others with the first of them; headings are no choice.
 */
export function chooseLines(scored: readonly Scored[], room: number, costOf: (line: Line) => number): readonly Line[] {
  const costs = new Map(scored.map(({ line }) => [line, costOf(line)]));
  const cost = (line: Line): number => costs.get(line) ?? costOf(line);
  const worth = new Map(scored.map((one) => [one.line, one]));
  const at = new Map(scored.map(({ line }, index) => [line, index]));
  const order = scored.filter((one) => isChoice(one) && staticWorth(one) > 0);
  const candidates = order.toSorted((left, right) => staticWorth(right) - staticWorth(left)).slice(0, MAX_CANDIDATES);
  const shown = new Map<string, number>();
  const perSection = new Map<unknown, number>();
  const perFile = new Map<unknown, number>();
  const texts = new Set<string>();
  const chosen = new Set<Line>();
  let left = room;

  const take = (line: Line): void => {
    if (chosen.has(line)) return;
    chosen.add(line);
    texts.add(line.text.trim());
    left -= cost(line);
    if (line.level > 0) return;
    const heading = line.above.at(-1);
    if (heading !== undefined) take(heading);
    for (const term of worth.get(line)?.own ?? []) shown.set(term, (shown.get(term) ?? 0) + 1);
    const section = line.above.at(-1) ?? line.file;
    perSection.set(section, (perSection.get(section) ?? 0) + 1);
    perFile.set(line.file, (perFile.get(line.file) ?? 0) + 1);
  };
  const gain = ({ line, hits, prior }: Scored): number => {
    let sum = prior;
    for (const [term, value] of hits) sum += value * AGAIN ** (shown.get(term) ?? 0);
    const section = perSection.get(line.above.at(-1) ?? line.file) ?? 0;
    const file = perFile.get(line.file) ?? 0;
    return sum / (1 + section / SECTION_HALF) / (1 + file / FILE_HALF) / Math.sqrt(60 + cost(line));
  };

  // Nothing that is taken makes another line worth more, so a worth that is out of date is never too low.
  const queue = candidates
    .map((one) => ({ one, value: gain(one) }))
    .toSorted((left, right) => left.value - right.value);
  while (left > 0) {
    const top = queue.pop();
    if (top === undefined || top.value <= 0) break;
    const { line } = top.one;
    if (chosen.has(line) || texts.has(line.text.trim())) continue;
    const value = gain(top.one);
    if (value < (queue.at(-1)?.value ?? 0)) {
      insert(queue, { one: top.one, value });
      continue;
    }
    const group = [line, ...neighboursOf(scored, at.get(line) ?? 0)];
    const added = new Set(group.flatMap((one) => [one, ...one.above.slice(-1)]).filter((one) => !chosen.has(one)));
    if ([...added].reduce((sum, one) => sum + cost(one), 0) <= left) for (const one of group) take(one);
  }
  return scored.map(({ line }) => line).filter((line) => chosen.has(line));
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

function isChoice({ line }: Scored): boolean {
  return !line.isBlank && line.level === 0 && /[\p{L}\p{N}]/u.test(line.text) && !FENCE.test(line.text);
}

function staticWorth({ hits, prior }: Scored): number {
  let sum = prior;
  for (const value of hits.values()) sum += value;
  return sum;
}

function neighboursOf(scored: readonly Scored[], at: number): readonly Line[] {
  const line = scored[at]?.line;
  if (line === undefined) return [];
  const found: Line[] = [];
  const isSame = (other: Line | undefined): other is Line =>
    other !== undefined && other.file === line.file && other.level === 0;
  if (/^\s*(?:[-*+]|\d+[.)])\s/u.test(line.text) || line.isCode) {
    for (let back = 1; back <= LEAD; back += 1) {
      const other = scored[at - back]?.line;
      if (!isSame(other)) break;
      if (isLead(other.text)) {
        found.push(other);
        break;
      }
    }
  }
  if (isLead(line.text)) {
    const next = [1, 2, 3].map((step) => scored[at + step]?.line).filter(isSame);
    found.push(...next.filter(({ isBlank, text }) => !isBlank && !FENCE.test(text)).slice(0, 2));
  }
  return found;
}

function isLead(text: string): boolean {
  return text.length < 300 && /[:：](?:\*\*|__)?\s*$/u.test(text);
}
