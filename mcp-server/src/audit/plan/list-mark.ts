import { findFile, toTextLines, type PromptFile } from "../instructions/prompt-file.ts";

/** What a sentence needs before it where it becomes an item of a list. */
export type ListMark = {
  /** With its blank, such as `- ` or `4. `. */
  readonly mark: string;
  /** The list's items do not begin at the margin. */
  readonly isIndented: boolean;
};

const ITEM = /^([ \t]*)(?:([-*+])|(\d{1,4})([.)])) +(\[[ xX]\] +)?\S/u;
const FENCE = /^\s*(?:`{3,}|~{3,})/u;

/** Whether a sentence is an item of a list already. */
export function isItem(sentence: string): boolean {
  return ITEM.test(sentence);
}

/** The mark of the list whose item, or a further line of it, stands in a line (from 1); null where there is none. */
export function markInPlaceOf(files: readonly PromptFile[], path: string, line: number): ListMark | null {
  const item = itemAt(linesOf(files, path), line - 1);
  return item === null ? null : toMark(item, 0);
}

/**
 * The mark for a sentence below a line (from 1): of the list that the line stands in, or of the one that it introduces as a
 * heading or with a colon. Null where there is no list.
 */
export function markBelow(files: readonly PromptFile[], path: string, line: number): ListMark | null {
  const lines = linesOf(files, path);
  const item = itemAt(lines, line - 1);
  if (item !== null) return toMark(item, 1);
  const text = lines[line - 1] ?? "";
  if (!/^ {0,3}#{1,6} |:[*_]*\s*$/u.test(text)) return null;
  const next = lines.slice(line).find((one) => one.trim() !== "") ?? "";
  const first = ITEM.exec(next);
  return first === null || first[1] !== "" ? null : toMark(first, 0);
}

/** The mark for a sentence at the end of a file that ends with a list; null where it does not. */
export function markAtTheEnd(files: readonly PromptFile[], path: string): ListMark | null {
  const item = itemAt(
    linesOf(files, path),
    linesOf(files, path).findLastIndex((one) => one.trim() !== ""),
  );
  return item === null ? null : toMark(item, 1);
}

function linesOf(files: readonly PromptFile[], path: string): readonly string[] {
  return toTextLines(findFile(files, path)?.text ?? "");
}

/** The item that begins in a line, or above it where the line is indented and goes on with it. */
function itemAt(lines: readonly string[], at: number): RegExpExecArray | null {
  for (let above = at; above >= 0; above -= 1) {
    const line = lines[above] ?? "";
    const item = ITEM.exec(line);
    if (item !== null) return item;
    if (!/^[ \t]+\S/u.test(line) || FENCE.test(line)) return null;
  }
  return null;
}

function toMark([, indent, sign, number, end, box]: RegExpExecArray, step: number): ListMark {
  const mark = sign ?? `${Number(number) + step}${end ?? ""}`;
  return { mark: `${mark} ${box === undefined ? "" : "[ ] "}`, isIndented: indent !== "" };
}
