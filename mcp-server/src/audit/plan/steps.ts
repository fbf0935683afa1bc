import { linesAt } from "../answers/place.ts";
import type { Change } from "../answers/refactoring-specialist.ts";
import { parseLineRange, type LineRange, type PromptFile } from "../instructions/prompt-file.ts";
import { isItem, markAtTheEnd, markBelow, markInPlaceOf, type ListMark } from "./list-mark.ts";
import { quoteText } from "./show.ts";

/** One edit of a file. */
type Edit = {
  readonly file: string;
  /** The line that it stands at or below; nothing of the file stands below an edit at its end. */
  readonly line: number;
  readonly isReplacing: boolean;
  /** The step; `above` is the number of the step whose words it stands directly below, in place of a line of the file. */
  readonly tell: (above: number | null) => string;
};

/**
 * The changes as steps of the block, each with its file, place, whether it adds or replaces, and the sentence word for word.
 * The steps of a file go from its bottom to its top, so that the number of each line is that of the file as it is. Of a list
 * each sentence is an item, and a step of its own. What stands at one place comes in its order, each below the one before.
 */
export function toSteps(changes: readonly Change[], files: readonly PromptFile[]): readonly string[] {
  const edits = changes.flatMap((change, at) => toEdits(change, at + 1, files));
  const order = [...new Set(edits.map(({ file }) => file))];
  const sorted = edits.toSorted(
    (left, right) =>
      order.indexOf(left.file) - order.indexOf(right.file) ||
      (left.line === right.line ? 0 : right.line - left.line) ||
      Number(right.isReplacing) - Number(left.isReplacing),
  );
  return sorted.map(({ file, line, tell }, at) => {
    const before = sorted[at - 1];
    return tell(line < Infinity && before?.file === file && before.line === line ? at : null);
  });
}

/** The edits of a change, in the order in which their sentences are to stand. */
function toEdits(change: Change, number: number, files: readonly PromptFile[]): readonly Edit[] {
  const { file, place, replaces, constraints } = change;
  const start = `In ${file} (change ${number}), `;
  const joined = constraints.join(" ");
  const toBelow = (sentence: string, range: LineRange, mark: ListMark | null): Edit => ({
    file,
    line: range.last,
    isReplacing: false,
    tell: (above) => {
      const where = above === null ? tellLines({ ...range, first: range.last }, files) : `what step ${above} wrote`;
      return `${start}below ${where} add${toItem(sentence, mark)}`;
    },
  });
  const replaced = replaces === undefined ? null : parseLineRange(replaces);
  if (replaced !== null) {
    const mark = markInPlaceOf(files, file, replaced.first);
    const [first = "", ...others] = mark === null ? [joined] : constraints;
    const tell = (): string => `${start}replace ${tellLines(replaced, files)} by${toItem(first, mark)}`;
    return [
      { file, line: replaced.last, isReplacing: true, tell },
      ...others.map((sentence) => toBelow(sentence, replaced, mark)),
    ];
  }
  const below = place.startsWith("below ") ? parseLineRange(place.slice("below ".length)) : null;
  if (below !== null) {
    const mark = markBelow(files, file, below.last);
    return (mark === null ? [joined] : constraints).map((sentence) => toBelow(sentence, below, mark));
  }
  const mark = place === "new file" ? null : markAtTheEnd(files, file);
  const where = place === "new file" ? "a new file, write" : "at the file's end add";
  return (mark === null ? [joined] : constraints).map((sentence) => ({
    file,
    line: Infinity,
    isReplacing: false,
    tell: () => `${start}${where}${toItem(sentence, mark, "its last line")}`,
  }));
}

function toItem(sentence: string, mark: ListMark | null, neighbour = "it"): string {
  if (mark === null || isItem(sentence)) return `: ${sentence}`;
  return `${mark.isIndented ? `, indented like ${neighbour}` : ""}: ${mark.mark}${sentence}`;
}

/** Lines by their numbers and their first words as they stand there, by which they are found in a file that has changed. */
function tellLines(range: LineRange, files: readonly PromptFile[]): string {
  const { path, first, last } = range;
  const [from = "", to = ""] = [first, last].map((line) => tellWords(`${path}:${line}`, files));
  if (first === last) return `line ${first}${from === "" ? "" : ` (${from})`}`;
  return `lines ${first} to ${last}${from === "" || to === "" ? "" : ` (${from} to ${to})`}`;
}

function tellWords(where: string, files: readonly PromptFile[]): string {
  const [line = ""] = linesAt(files, where);
  const end = line.indexOf(QUOTE_END);
  return line === "" ? "" : quoteText(end === -1 ? line : `${line.slice(0, end)}…`, 80);
}

/** What ends a quoted line in a step; a line that holds it is quoted up to there. */
const QUOTE_END = "”)";

/** A step in its parts. */
export type ReadStep = {
  readonly file: string;
  /** Where it goes, without quoted words, such as `replace line 6 by`; null where the step names a file alone. */
  readonly where: string | null;
  /** The words of its line, with their brackets, such as `(“- Run the tests”)`; null without any. */
  readonly quoted: string | null;
  /** What is to be written there. */
  readonly text: string;
};

/** A step such as `In CLAUDE.md, at the file's end add: …` in its parts, or null when it is none. */
export function readStep(step: string): ReadStep | null {
  // Words that are quoted may hold a colon, and any other place ends with the first one.
  const [, file, where, text] =
    /^In ([^:,]+?)(?: \(change \d+\))?(?:, ((?:replace|below) lines? [\d to]+\(“.*?”\) (?:by|add)(?:, indented like it)?|[^:]*))?: (.*\S)$/u.exec(
      step,
    ) ?? [];
  if (file === undefined || text === undefined) return null;
  const [quoted = null] = where === undefined ? [] : (/\(“.*”\)(?= (?:by|add))/u.exec(where) ?? []);
  const bare = where?.replace(/ \(“.*”\)(?= (?:by|add))/u, "").replace(/, indented like .*$/u, "");
  return { file, where: bare ?? null, quoted, text };
}
