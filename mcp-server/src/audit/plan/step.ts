import { lineAt } from "../answers/place.ts";
import type { Change } from "../answers/refactoring-specialist.ts";
import { parseLineRef, type PromptFile } from "../instructions/prompt-file.ts";
import { quoteText } from "./show.ts";

/** A change as a step of the block: file, place, whether it adds or replaces, and the sentence word for word. */
export function toStep(change: Change, files: readonly PromptFile[]): string {
  return `In ${change.file}, ${tellWhere(change, files)}: ${change.constraints.join(" ")}`;
}

function tellWhere({ place, replaces }: Pick<Change, "place" | "replaces">, files: readonly PromptFile[]): string {
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

/** A step in its parts. */
export type ReadStep = {
  readonly file: string;
  /** Where it goes, without quoted words, such as `replace line 6 by`; null where the step names a file alone. */
  readonly where: string | null;
  /** All before the text, such as `In CLAUDE.md, replace line 6 (“…”) by: `. */
  readonly head: string;
  readonly text: string;
};

/** A step such as `In CLAUDE.md, at the end add: …` in its parts, or null when it is none. */
export function readStep(step: string): ReadStep | null {
  // Words that are quoted may hold a colon, and any other place ends with the first one.
  const [, head, file, where, text] =
    /^(In ([^:,]+)(?:, ((?:replace|below) line \d+ \(“.*?”\) (?:by|add)|[^:]*))?: )(.*\S)$/u.exec(step) ?? [];
  if (head === undefined || file === undefined || text === undefined) return null;
  return { file, where: where === undefined ? null : withoutQuote(where), head, text };
}

function withoutQuote(where: string): string {
  return where.replace(/ \(“.*”\)(?= (?:by|add)$)/u, "");
}

/** A change as a plan shows it, with its place in words. */
type ShownChange = { readonly file: string; readonly place: string | null; readonly constraints: readonly string[] };

/** The step of a change that a human may have edited. Where nothing says the place, the step names the file alone. */
export function stepOf({ file, place, constraints }: ShownChange, files: readonly PromptFile[]): ReadStep {
  const text = constraints.join(" ");
  if (place === null) return { file, where: null, head: `In ${file}: `, text };
  const [, how, line = ""] = /^(below|in place of) ([^,]*:\d+)(?=, |$)/u.exec(place) ?? [];
  const placed =
    how === "in place of" ? { place, replaces: line } : { place: how === "below" ? `below ${line}` : place };
  const where = tellWhere(placed, files);
  return { file, where: withoutQuote(where), head: `In ${file}, ${where}: `, text };
}
