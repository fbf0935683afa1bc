/** A file that instructs the project's agents, as it is today. */
export type PromptFile = {
  /** Relative to the project, with forward slashes. */
  readonly path: string;
  readonly text: string;
  /** Other names of the same file: links that lead to it. */
  readonly links?: readonly string[];
  /** Its text is longer than what was read of it. */
  readonly isCut?: boolean;
};

/** A project's prompt files. A plain list of them counts as all. */
export interface PromptFiles extends ReadonlyArray<PromptFile> {
  /** The search for them ended at one of its bounds: there may be more. */
  readonly isPartial?: boolean;
}

/** A line of a prompt file, as an answer names it: `CLAUDE.md:14`, counted from 1. */
export type LineRef = { readonly path: string; readonly line: number };

/** Reads `CLAUDE.md:14`, or null when it is no such name. */
export function parseLineRef(written: string): LineRef | null {
  const [, path, line] = /^(\S.*):([1-9]\d{0,5})$/u.exec(written.trim()) ?? [];
  return path === undefined ? null : { path, line: Number(line) };
}

/** Lines of a prompt file that stand together, as an answer names them: `CLAUDE.md:6-8`, or `CLAUDE.md:6` for one. From 1, both included. */
export type LineRange = { readonly path: string; readonly first: number; readonly last: number };

/** Reads `CLAUDE.md:6-8` or `CLAUDE.md:6`, or null when it is no such name. */
export function parseLineRange(written: string): LineRange | null {
  const [, path, first, last = first] = /^(\S.*):([1-9]\d{0,5})(?:-([1-9]\d{0,5}))?$/u.exec(written.trim()) ?? [];
  if (path === undefined || Number(last) < Number(first)) return null;
  return { path, first: Number(first), last: Number(last) };
}

/** The prompt file that a path names, be it by a link that leads to it; undefined where there is none. */
export function findFile(files: readonly PromptFile[], path: string): PromptFile | undefined {
  return files.find((one) => one.path === path || one.links?.includes(path) === true);
}

/** What stands in a line of the project's prompt files, without blanks around it; null where there is no such line. */
export function findLine(files: readonly PromptFile[], { path, line }: LineRef): string | null {
  const file = findFile(files, path);
  return file === undefined ? null : (toTextLines(file.text)[line - 1]?.trim() ?? null);
}

/** The lines of a text, whatever ends them. */
export function toTextLines(text: string): readonly string[] {
  return text.split(/\r\n?|\n/u);
}
