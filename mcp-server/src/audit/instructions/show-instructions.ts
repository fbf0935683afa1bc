import { findAddressingAudits } from "./addressing-audits.ts";
import { toChooser } from "./choose.ts";
import { toLineIndex } from "./line-index.ts";
import { perLine, type Line } from "./lines.ts";
import {
  count,
  MAX_LINES,
  searchedLines,
  showFrame,
  showHeadings,
  tellNone,
  toOutlined,
  type Outlined,
} from "./outline.ts";
import type { PromptFiles } from "./prompt-file.ts";
import { scoreLines } from "./score.ts";
import type { Seen } from "./seen.ts";
import { costOf, MAX_WHOLE_LINE, placeOf, showLine, toShownPath } from "./show-line.ts";

/** What `prompt-engineer` is given of the instructions, in characters (UTF-16 units). */
export const MAX_INSTRUCTIONS = 12_000;
const MAX_FILES_PART = 1500;
const MAX_HEADINGS_PART = 2400;
/** For the sentences between the parts. */
const RESERVE = 400;
/** Rounds in which room that headings left over goes to further lines, and what is too much is taken back. */
const ROUNDS = 3;
const SPARE = 400;

/**
 * The project's prompt files for a reader of summaries, at most 12,000 characters: their names and sizes, their headings,
 * and the lines that matter for what the summaries show, each as `CLAUDE.md:14 …`. All lines where there are few. It says what was
 * searched and how much of it is shown, and that it is data. The same files and facts give the same text.
 */
export function showInstructions(files: PromptFiles, seen: Seen): string {
  const outlined = toOutlined(files);
  if (outlined.length === 0) return tellNone(files);
  const frame = showFrame(outlined, MAX_FILES_PART, files);
  const show = perLine((line) => showLine(line, (term) => seen.terms.get(term) ?? 0));
  const searched = searchedLines(outlined);
  const all = searched.filter(({ isBlank }) => !isBlank);
  if (all.reduce((sum, line) => sum + costOf(line, MAX_WHOLE_LINE), 0) <= MAX_INSTRUCTIONS) {
    const inFull = (line: Line): string => showLine(line, (term) => seen.terms.get(term) ?? 0, MAX_WHOLE_LINE);
    const whole = render(outlined, { frame, show: inFull }, all, all.length);
    if (whole.length <= MAX_INSTRUCTIONS) return whole;
  }

  const index = toLineIndex(searched);
  const chooseBest = toChooser(index, scoreLines(index, seen), searched.map(costOf));
  const places = new Set(findAddressingAudits(files).slice(0, MAX_ADDRESSING).map(placeOf));
  const always = searched.filter((line) => places.has(placeOf(line)));
  // What addresses the reader is shown whatever it is worth: the human is to know of it.
  const choose = (room: number): readonly Line[] => {
    const lines = new Set([...chooseBest(room - always.reduce((sum, line) => sum + costOf(line), 0)), ...always]);
    return searched.filter((line) => lines.has(line));
  };
  let room = MAX_INSTRUCTIONS - frame.length - headingsOf(outlined, []).length - RESERVE;
  let best = frame;
  for (let round = 0; round < ROUNDS; round += 1) {
    const text = render(outlined, { frame, show }, choose(room), all.length);
    const spare = MAX_INSTRUCTIONS - text.length;
    if (spare >= 0) best = text;
    if (spare >= 0 && spare < SPARE) break;
    room += spare - SPARE / 2;
  }
  return best;
}

/**
 * Tells what a reader of `showInstructions` can say of a line that is not there, for the file at a path: how many of its lines that
 * are not blank were shown in full, and whether there are other files of which not all were. What was shown is made once, when
 * it is first asked for.
 */
export function toSearched(files: PromptFiles, seen: Seen): (path: string) => string {
  let shown: Shown | null = null;
  return (path) => tellSearched((shown ??= toShown(files, seen)), path);
}

type Shown = { readonly outlined: readonly Outlined[]; readonly text: string; readonly isPartial: boolean };

function toShown(files: PromptFiles, seen: Seen): Shown {
  const text = `${showInstructions(files, seen)}\n`;
  return { outlined: toOutlined(files), text, isPartial: files.isPartial === true };
}

function tellSearched({ outlined, text, isPartial }: Shown, path: string): string {
  if (outlined.length === 0) return "no prompt file";
  const isShown = (line: Line): boolean => text.includes(`\n${placeOf(line)} ${line.text.trim()}\n`);
  const isWhole = ({ file, size, lines, sameAs }: Outlined): boolean =>
    file.isCut !== true &&
    (sameAs !== null || (lines.length >= size && lines.every((line) => line.isBlank || isShown(line))));
  const parts = outlined.filter((one) => !isWhole(one));
  const all = searchedLines(outlined).filter(({ isBlank }) => !isBlank);
  if (parts.length === 0 && !isPartial) {
    const paths = outlined.map(({ file }) => toShownPath(file.path));
    const more = paths.length > MAX_NAMED ? ` and ${paths.length - MAX_NAMED} more files` : "";
    return `none of the ${count(all.length)} lines in ${paths.slice(0, MAX_NAMED).join(", ")}${more} says it`;
  }
  const known = outlined.find(({ file }) => file.path === path);
  const own = all.filter(({ file }) => file.path === (known?.sameAs ?? path));
  if (known === undefined) return "no line that was shown says it";
  if (isWhole(known))
    return `none of the ${count(own.length)} lines in ${toShownPath(path)} says it; other files were shown in part`;
  return `no line that was shown says it: ${count(own.filter(isShown).length)} of ${count(own.length)} in ${toShownPath(path)} were`;
}

const MAX_NAMED = 3;
const MAX_ADDRESSING = 10;

function headingsOf(outlined: readonly Outlined[], chosen: readonly Line[]): string {
  return showHeadings(outlined, new Set(chosen), MAX_HEADINGS_PART);
}

function render(
  outlined: readonly Outlined[],
  { frame, show }: { readonly frame: string; readonly show: (line: Line) => string },
  chosen: readonly Line[],
  total: number,
): string {
  const headings = headingsOf(outlined, chosen);
  const shown = chosen.map(show);
  const lines = outlined.reduce((sum, one) => sum + one.size, 0);
  const isWhole = chosen.length === total;
  const searched = `Searched: ${outlined.length === 1 ? "1 file" : `${count(outlined.length)} files`}, ${count(lines)} lines${lines > MAX_LINES ? `, of these the first ${count(MAX_LINES)}` : ""}.`;
  const rest = isWhole
    ? "All that are not blank are shown."
    : `Shown: ${count(chosen.length)} lines, chosen by the words, files and commands of the summaries, and by what reads as a rule or a check. What is not shown may still be there.`;
  return [
    frame,
    `${searched} ${rest}`,
    "",
    ...shown,
    ...(headings === "" ? [] : ["", "Further headings, by their lines:", headings]),
  ].join("\n");
}
