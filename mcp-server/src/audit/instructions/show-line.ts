import { redactSecrets } from "../../trace/redact/redact.ts";
import { toName, toOneLine, truncate } from "../../trace/values/names.ts";
import type { Line } from "./lines.ts";
import { termsOf } from "./words.ts";

/** A line among others that are left out is shown up to so many characters, and where all lines are shown up to so many. */
export const MAX_SHOWN = 240;
export const MAX_WHOLE_LINE = 1000;
/** So much of a line is looked at for secrets: what a redaction makes shorter lets more of the line be shown. */
const MAX_READ = 3000;

/** What a term is worth; 0 for one that is not looked for. */
export type WeightOf = (term: string) => number;

/**
 * A line as it is shown, `CLAUDE.md:14 Run npm test`: in one visible line, secrets redacted before it is cut. Of a longer line
 * that part is shown which holds most of what is looked for, else its start. As each begins with its place, none of them can
 * be taken for the words around it.
 */
export function showLine({ file, number, text }: Line, weightOf: WeightOf, max = MAX_SHOWN): string {
  const clean = toShownText(text, MAX_READ);
  const start = clean.length <= max ? 0 : bestStart(clean, weightOf, max);
  const part = start === 0 ? clean : `…${clean.slice(start)}`;
  return `${toShownPath(file.path)}:${number} ${truncate(part, max)}`.trimEnd();
}

/** Where the part of a text begins that holds most of what is looked for: 0 unless another holds more than its start. */
function bestStart(text: string, weightOf: WeightOf, max: number): number {
  const pieces = [...text.matchAll(/\S{1,40}/gu)].map(({ 0: piece, index }) => ({
    index,
    end: index + piece.length,
    terms: termsOf(piece).filter((term) => weightOf(term) > 0),
  }));
  const starts = pieces.map(({ index }, at) => {
    const held = new Set<string>();
    for (let next = at; (pieces[next]?.end ?? Infinity) <= index + max - 2; next += 1)
      for (const term of pieces[next]?.terms ?? []) held.add(term);
    return { index, worth: [...held].reduce((sum, term) => sum + weightOf(term), 0) };
  });
  const most = starts.reduce((max, { worth }) => Math.max(max, worth), 0);
  if (most <= (starts[0]?.worth ?? 0)) return 0;
  // What is found stands in the middle of the part rather than at its end.
  const best = starts.filter(({ worth }) => worth === most);
  return best[Math.floor(best.length / 2)]?.index ?? 0;
}

/** Where a line stands, `CLAUDE.md:14`, as an answer names it. */
export function placeOf({ file, number }: Line): string {
  return `${file.path}:${number}`;
}

/** The room that a line takes, its end included; with a secret redacted it can be a little more or less. */
export function costOf({ file, number, text }: Line, max = MAX_SHOWN): number {
  return file.path.length + String(number).length + 3 + Math.min(text.length, max);
}

/** What a line says, without its place. */
export function toShownText(text: string, max = MAX_SHOWN): string {
  // A word that the bound cuts could be a secret that its half does not give away.
  const start = text.length <= MAX_READ ? text : text.slice(0, MAX_READ).replace(/\S{0,200}$/u, "");
  return truncate(redactSecrets(toOneLine(start)), max);
}

export function toShownPath(path: string): string {
  return toName(path, 200);
}
