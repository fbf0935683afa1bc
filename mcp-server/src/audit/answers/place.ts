import { findFile, findLine, parseLineRef, type LineRef, type PromptFile } from "../instructions/prompt-file.ts";
import { judgeLine } from "./instruction.ts";
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

/** The part of a change that says where. */
type Placed = { readonly file: string; readonly place: string; readonly replaces?: string };

/** Reports a place that is none, or is not there. `files` are the prompt files as they are; null checks the form alone. */
export function checkPlace(
  { file, place, replaces }: Placed,
  path: string,
  files: readonly PromptFile[] | null,
  addProblem: AddProblem,
): void {
  const parsed = parsePlace(place);
  if (place !== "" && parsed === null)
    addProblem(
      `${path}.place is ${quote(place)}; it has to be "below ${file || "CLAUDE.md"}:6", "at the end" or "new file".`,
    );
  if (parsed?.kind === "below") checkLine(`${path}.place`, place.replace(/^below /u, ""), file, files, addProblem);
  if (files !== null && file !== "") {
    const isThere = findFile(files, file) !== undefined;
    if (parsed?.kind === "new_file" && isThere)
      addProblem(`${path}.place is "new file", but ${quote(file)} exists. Say "at the end" or "below ${file}:N".`);
    if (parsed?.kind === "at_the_end" && !isThere)
      addProblem(`${path}.place is "at the end", but there is no ${quote(file)}. Say "new file".`);
  }
  // What is no text was said already.
  if (replaces === undefined || replaces === "") return;
  checkLine(`${path}.replaces`, replaces, file, files, addProblem);
  if (parsed !== null && place !== `below ${replaces}`)
    addProblem(
      `${path}.place is ${quote(place)}, but what replaces a line stands in its place. Say "below ${replaces}".`,
    );
}

function checkLine(
  path: string,
  written: string,
  file: string,
  files: readonly PromptFile[] | null,
  addProblem: AddProblem,
): void {
  const problem = judgeLine(written, files);
  if (problem !== null) addProblem(`${path} is ${quote(written)}; ${problem}`);
  else if (parseLineRef(written)?.path !== file)
    addProblem(`${path} is ${quote(written)}, which is no line of ${quote(file)}, the file of the change.`);
}

/** Reports a constraint that the file says already, unless the change puts it in another form in place of a line. */
export function checkNotThere(
  { file, constraints, replaces }: Placed & { readonly constraints: readonly string[] },
  path: string,
  files: readonly PromptFile[],
  addProblem: AddProblem,
): void {
  const ref = replaces === undefined ? null : parseLineRef(replaces);
  const lines = findFile(files, file)?.text.split(/\r\n?|\n/u) ?? [];
  for (const [at, constraint] of constraints.entries()) {
    const found = lines.findIndex((line, number) => says(line, constraint, number + 1 === ref?.line));
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

/** What stands in a line that an answer names; null where it does not stand there, or the files are not known. */
export function lineAt(files: readonly PromptFile[], written: string | undefined): string | null {
  const ref = written === undefined ? null : parseLineRef(written);
  return ref === null ? null : findLine(files, ref);
}
