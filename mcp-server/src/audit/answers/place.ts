import { toLines } from "../instructions/lines.ts";
import {
  findFile,
  parseLineRange,
  parseLineRef,
  toTextLines,
  type LineRef,
  type PromptFile,
} from "../instructions/prompt-file.ts";
import { judgeLine } from "./instruction.ts";
import { judgeReplaced } from "./replaced.ts";
import { quote, type AddProblem } from "./form.ts";

/** Where the sentences of a change go. */
export type Place =
  | { readonly kind: "below"; readonly ref: LineRef }
  | { readonly kind: "at_the_end" }
  | { readonly kind: "new_file" };

const BELOW = /^below (\S.*)$/u;

/** Reads `below CLAUDE.md:6`, `at the end` or `new file`, or null when it is none of them. */
export function parsePlace(written: string): Place | null {
  if (written === "at the end") return { kind: "at_the_end" };
  if (written === "new file") return { kind: "new_file" };
  const ref = parseLineRef(BELOW.exec(written)?.[1] ?? "");
  return ref === null ? null : { kind: "below", ref };
}

/** The part of a change that says where; `place` is "" when only `replaces` says it. */
type Placed = { readonly file: string; readonly place: string; readonly replaces?: string };

/** Reports a place that is none, or is not there. `files` are the prompt files as they are; null checks the form alone. */
export function checkPlace(
  placed: Placed,
  path: string,
  files: readonly PromptFile[] | null,
  addProblem: AddProblem,
): void {
  const { file, place, replaces } = placed;
  const parsed = parsePlace(place);
  if (place !== "" && parsed === null)
    addProblem(
      `${path}.place is ${quote(place)}; it has to be "below ${file || "CLAUDE.md"}:6", "at the end" or "new file".`,
    );
  // What is no text was said already.
  if (replaces !== undefined) {
    if (replaces !== "") checkReplaces({ ...placed, replaces }, path, files, addProblem);
    return;
  }
  if (parsed?.kind === "below") checkBelow(place.replace(/^below /u, ""), file, `${path}.place`, files, addProblem);
  if (files === null || file === "") return;
  const isThere = findFile(files, file) !== undefined;
  if (parsed?.kind === "new_file" && isThere)
    addProblem(`${path}.place is "new file", but ${quote(file)} exists. Say "at the end" or "below ${file}:N".`);
  if (parsed?.kind === "at_the_end" && !isThere)
    addProblem(`${path}.place is "at the end", but there is no ${quote(file)}. Say "new file".`);
}

/** What replaces lines stands in their place: a place of its own can only name one of them. */
function checkReplaces(
  { file, place, replaces }: Required<Placed>,
  path: string,
  files: readonly PromptFile[] | null,
  addProblem: AddProblem,
): void {
  const problem = judgeReplaced(replaces, files);
  if (problem !== null) addProblem(`${path}.replaces is ${quote(replaces)}; ${problem}`);
  const range = parseLineRange(replaces);
  if (range === null) return;
  if (range.path !== file) addProblem(notOfFile(`${path}.replaces`, replaces, file));
  const below = parsePlace(place);
  const isInside =
    below?.kind === "below" &&
    below.ref.path === range.path &&
    below.ref.line >= range.first &&
    below.ref.line <= range.last;
  if (place !== "" && below !== null && !isInside)
    addProblem(
      `${path}.place is ${quote(place)}, but what replaces ${replaces} stands in its place. Leave "place" or "replaces" out.`,
    );
}

function checkBelow(
  written: string,
  file: string,
  path: string,
  files: readonly PromptFile[] | null,
  addProblem: AddProblem,
): void {
  const ref = parseLineRef(written);
  const problem = judgeLine(written, files);
  if (problem !== null) addProblem(`${path} is ${quote(written)}; ${problem}`);
  else if (ref?.path !== file) addProblem(notOfFile(path, written, file));
  else if (files !== null && isInCode(files, ref))
    addProblem(
      `${path} is ${quote(written)}, and code goes on below it. Name the last line of the code, or another one.`,
    );
}

function notOfFile(path: string, written: string, file: string): string {
  return `${path} is ${quote(written)}, which is no line of ${quote(file)}, the file of the change.`;
}

/** Whether a sentence below that line would stand inside a code block. */
function isInCode(files: readonly PromptFile[], { path, line }: LineRef): boolean {
  const file = findFile(files, path);
  if (file === undefined) return false;
  const texts = toTextLines(file.text);
  // With a text behind it instead of what stands there, the line tells by itself whether code is still open.
  return toLines(file, [...texts.slice(0, line), "text"]).at(-1)?.isCode === true;
}

/** Reports a constraint that the file says already, unless the change puts it in another form in place of a line. */
export function checkNotThere(
  { file, constraints, replaces }: Placed & { readonly constraints: readonly string[] },
  path: string,
  files: readonly PromptFile[],
  addProblem: AddProblem,
): void {
  const range = replaces === undefined ? null : parseLineRange(replaces);
  const isReplaced = (number: number): boolean => range !== null && number >= range.first && number <= range.last;
  const lines = toTextLines(findFile(files, file)?.text ?? "");
  for (const [at, constraint] of constraints.entries()) {
    // A line that is replaced by itself and more stands there once.
    const isSaidAgain = (number: number): boolean => isReplaced(number) && constraints.length > 1;
    const found = lines.findIndex(
      (line, number) => !isSaidAgain(number + 1) && says(line, constraint, isReplaced(number + 1)),
    );
    if (found === -1) continue;
    addProblem(
      `${path}.constraints[${at}] stands in ${file}:${found + 1} already: ${quote(lines[found]?.trim())}. Do not repeat it: replace that line by a form that is harder to skip, such as a slot in a template or a step of a recipe, and name the line in "replaces".`,
    );
  }
}

/** Whether a line says a sentence word for word: as a whole, or, where it is not the one that is replaced, as one of its sentences. */
function says(line: string, sentence: string, isReplaced: boolean): boolean {
  const wanted = plain(sentence);
  if (wanted === "") return false;
  if (plain(line) === wanted) return true;
  return !isReplaced && line.split(/(?<=[.!?;:])[^\s\p{L}\p{N}]*\s+/u).some((part) => plain(part) === wanted);
}

/** The words of a sentence alone: no mark of a list, no emphasis, no case, no end. */
function plain(sentence: string): string {
  return (
    sentence
      .normalize("NFKC")
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  ).join(" ");
}

/** What stands in the lines that an answer names, one after the other; none where they do not stand there, or the files are not known. */
export function linesAt(files: readonly PromptFile[], written: string | undefined): readonly string[] {
  const range = written === undefined ? null : parseLineRange(written);
  const file = range === null ? undefined : findFile(files, range.path);
  if (range === null || file === undefined) return [];
  return toTextLines(file.text)
    .slice(range.first - 1, range.last)
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
