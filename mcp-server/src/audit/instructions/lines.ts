import type { PromptFile } from "./prompt-file.ts";

/** A line of a prompt file. */
export type Line = {
  readonly file: PromptFile;
  /** From 1. */
  readonly number: number;
  readonly text: string;
  /** 1 to 6 for a heading, else 0. */
  readonly level: number;
  /** The headings that it stands below, the nearest last. */
  readonly above: readonly Line[];
  /** Inside a code block, or a mark that begins or ends one. */
  readonly isCode: boolean;
  readonly isBlank: boolean;
};

const HEADING = /^ {0,3}(#{1,6})(?:[ \t]+|$)/u;
const FENCE = /^\s*(?:[-*+>]\s+)?(`{3,}|~{3,})/u;

/** The lines of a file, given as texts, with their headings and code blocks. Of frontmatter every line counts as text. */
export function toLines(file: PromptFile, texts: readonly string[]): readonly Line[] {
  const lines: Line[] = [];
  let above: readonly Line[] = [];
  let fence: string | null = null;
  for (const [at, text] of texts.entries()) {
    const mark = text.includes("```") || text.includes("~~~") ? FENCE.exec(text)?.[1] : undefined;
    const isMark = mark !== undefined && (fence === null || (mark.startsWith(fence) && text.trim() === mark));
    const isCode = fence !== null || isMark;
    if (isMark) fence = fence === null ? mark : null;
    const level = isCode || !text.includes("#") ? 0 : (HEADING.exec(text)?.[1]?.length ?? 0);
    if (level > 0) above = above.filter((one) => one.level < level);
    const line: Line = { file, number: at + 1, text, level, above, isCode, isBlank: text.trim() === "" };
    if (level > 0) above = [...above, line];
    lines.push(line);
  }
  return lines;
}

/** What is read of a line, kept with it: one line is shown in more than one try. */
export function perLine<T>(read: (line: Line) => T): (line: Line) => T {
  const known = new WeakMap<Line, { readonly value: T }>();
  return (line) => {
    const found = known.get(line) ?? { value: read(line) };
    known.set(line, found);
    return found.value;
  };
}
