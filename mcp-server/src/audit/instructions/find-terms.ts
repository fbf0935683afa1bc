import type { LineIndex } from "./line-index.ts";
import type { Line } from "./lines.ts";
import type { PromptFile } from "./prompt-file.ts";
import type { Seen } from "./seen.ts";

/** A command that ran and that a line names. */
const COMMAND = 1.2;
/** So many terms of what was seen are read of a line: more are in no line that was written for a reader. */
const MAX_FOUND = 100;
/** What a line without any holds. */
export const NONE: readonly number[] = [];

/** The terms and commands of what was seen that each line holds, and what each of them is worth. */
export function findTerms(
  { lines, terms, numbers, counts, total }: LineIndex,
  seen: Seen,
): { readonly found: readonly (readonly number[])[]; readonly worths: Float64Array } {
  const most = Math.log2(1 + total);
  const worths = new Float64Array(counts.length + seen.commands.length);
  const worthOf = (weight: number, number: number): number => (weight * Math.log2(1 + total / number)) / most;
  for (const [term, weight] of seen.terms) {
    const number = numbers.get(term);
    if (number !== undefined) worths[number] = worthOf(weight, counts[number] ?? 1);
  }
  const commandsOf = toCommandFinder(seen.commands);
  const ran = seen.commands.map(() => 0);
  const found = lines.map((line, at) => {
    if (line.isBlank) return NONE;
    const commands = commandsOf(line);
    for (const command of commands) ran[command] = (ran[command] ?? 0) + 1;
    const held: number[] = [];
    for (const term of terms[at] ?? NONE) if ((worths[term] ?? 0) > 0) held.push(term);
    for (const command of commands) held.push(counts.length + command);
    return held.length === 0 ? NONE : held.slice(0, MAX_FOUND);
  });
  for (const [command, number] of ran.entries())
    if (number > 0) worths[counts.length + command] = worthOf(COMMAND, number);
  return { found, worths };
}

/** Says which of the commands, by their place, stand in a line. A file that holds none of them is not searched by lines. */
function toCommandFinder(commands: readonly string[]): (line: Line) => readonly number[] {
  const inFiles = new Map<PromptFile, readonly number[]>();
  if (commands.length === 0) return () => NONE;
  return ({ file, text }) => {
    const inFile = inFiles.get(file) ?? [...commands.keys()].filter((at) => file.text.includes(commands[at] ?? ""));
    inFiles.set(file, inFile);
    return inFile.length === 0 ? NONE : inFile.filter((at) => text.includes(commands[at] ?? ""));
  };
}
