import { lineAt } from "../answers/place.ts";
import type { Change } from "../answers/refactoring-specialist.ts";
import { parseLineRef, type PromptFile } from "../instructions/prompt-file.ts";
import { quoteText } from "./show.ts";

/** A change as a step of the block: file, place, whether it adds or replaces, and the sentence word for word. */
export function toStep(change: Change, files: readonly PromptFile[]): string {
  return `In ${change.file}, ${tellWhere(change, files)}: ${change.constraints.join(" ")}`;
}

function tellWhere({ place, replaces }: Change, files: readonly PromptFile[]): string {
  if (replaces !== undefined) return `replace line ${tellLine(replaces, files)} by`;
  if (place === "new file") return "a new file, write";
  return place.startsWith("below ")
    ? `below line ${tellLine(place.slice("below ".length), files)} add`
    : `${place} add`;
}

/** A line by its number and its first words as they stand there: the number moves when a step before it adds a line. */
function tellLine(where: string, files: readonly PromptFile[]): string {
  const line = lineAt(files, where);
  const end = line?.indexOf(QUOTE_END) ?? -1;
  const words = end === -1 ? line : `${line?.slice(0, end) ?? ""}…`;
  return `${parseLineRef(where)?.line ?? ""}${words === null || words === "" ? "" : ` (${quoteText(words, 80)})`}`;
}

/** What ends a quoted line in a step; a line that holds it is quoted up to there. */
const QUOTE_END = "”)";

/** The file that a step begins with, as in `In CLAUDE.md, at the end add: …`, and what is to be written there. */
export function readStep(step: string): { readonly file: string; readonly text: string } | null {
  // Words that are quoted may hold a colon, and any other place ends with the first one.
  const [, file, text] =
    /^In ([^:,]+)(?:, (?:(?:replace|below) line \d+ \(“.*?”\) (?:by|add)|[^:]*))?: (.*\S)$/u.exec(step) ?? [];
  return file === undefined || text === undefined ? null : { file, text };
}
