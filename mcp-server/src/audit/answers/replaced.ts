import { toLines } from "../instructions/lines.ts";
import { findFile, parseLineRange, toTextLines, type PromptFile } from "../instructions/prompt-file.ts";
import { judgeLine } from "./instruction.ts";

/** More lines than a rule has: what replaces more of them is a change that no human sees at a glance. */
const MAX_REPLACED = 12;
const FENCE = /^\s*(?:`{3,}|~{3,})/u;

/**
 * Why a value names no lines that a sentence can take the place of, or null: one line that is not blank, or up to twelve that
 * stand together below one heading and outside of code. `files` are the prompt files as they are; null judges the form alone.
 */
export function judgeReplaced(value: string, files: readonly PromptFile[] | null): string | null {
  const range = parseLineRange(value);
  if (range === null) return `it has to name a line such as "CLAUDE.md:6", or lines such as "CLAUDE.md:6-8".`;
  const { path, first, last } = range;
  if (last - first >= MAX_REPLACED)
    return `these are ${last - first + 1} lines; at most ${MAX_REPLACED} are replaced at once.`;
  if (files === null) return null;
  const missing = judgeLine(`${path}:${first}`, files) ?? judgeLine(`${path}:${last}`, files);
  if (missing !== null) return missing;
  const file = findFile(files, path);
  const lines = file === undefined ? [] : toLines(file, toTextLines(file.text)).slice(first - 1, last);
  if (lines.some(({ text, isCode }) => (isCode && lines.length > 1) || FENCE.test(text)))
    return "code begins, stands or ends there. Replace lines of text.";
  if (lines.length > 1 && lines.some(({ level }) => level > 0))
    return "a heading stands among them. Replace lines of one section.";
  return null;
}
