import type { Effect } from "./effect.ts";
import { listedBy } from "./listings.ts";
import type { Lifted } from "./substitutions.ts";
import { expand, type Variables } from "./variables.ts";

/** A line while it is read: where it is, what it has set, and what was found to change. */
export type Reading = {
  readonly changes: Effect[];
  readonly lifted: Lifted;
  readonly variables: Variables;
  readonly project: string;
  folder: string;
  depth: number;
  charactersLeft: number;
};

/** Commands inside and behind others are looked at so deep, and up to so many characters; what further ones change is not known. */
const MAX_DEPTH = 30;
const MAX_CHARACTERS = 200_000;
/** Stands for a path that the line does not tell. */
export const UNKNOWN = "\0unknown";
/** A variable of a loop has so many values. */
export const MAX_VALUES = 30;

/** Begins to read a line of a project. */
export function createReading(project: string): Reading {
  return {
    changes: [],
    lifted: { inner: [], texts: [] },
    variables: new Map([["CLAUDE_PROJECT_DIR", [project]]]),
    project,
    folder: "",
    depth: 0,
    charactersLeft: MAX_CHARACTERS,
  };
}

/** Looks into a text, unless that is too deep or too much; `otherwise` is then the answer. */
export function look<Answer>(reading: Reading, length: number, otherwise: Answer, at: () => Answer): Answer {
  reading.charactersLeft -= length + 50;
  if (reading.charactersLeft < 0 || reading.depth >= MAX_DEPTH) return otherwise;
  reading.depth += 1;
  const answer = at();
  reading.depth -= 1;
  return answer;
}

/** A path from the folder that the line is in; `~` and variables that are not known begin paths of their own. */
export function fromFolder({ folder }: Reading, path: string): string {
  return folder === "" || /^[/~$\0]|^[A-Za-z]:[/\\]/u.test(path) ? path : `${folder}/${path}`;
}

/** Notes what a command changes in the folder that the line is in. */
export function addTo(reading: Reading, effects: readonly Effect[]): void {
  for (const { path, reach } of effects)
    if (path !== "") reading.changes.push({ path: fromFolder(reading, path), reach });
}

export function expandAll(reading: Reading, written: readonly string[]): readonly string[] {
  const { variables, folder } = reading;
  variables.set("PWD", [folder === "" ? "." : folder]);
  return written.flatMap((word) => {
    if (!word.includes("$") || reading.charactersLeft < 0) return [word];
    const expanded = expand(word, variables);
    for (const one of expanded) reading.charactersLeft -= one.length + 1;
    return expanded;
  });
}

/** The words that a command inside another stands for: what it prints. */
export function printedBy({ folder, project }: Reading, command: readonly string[]): readonly string[] {
  const line = command.join(" ");
  const program = /^(?:which|command -v|type -p) (\S+)$/u.exec(line)?.[1];
  if (program !== undefined) return [program];
  if (line === "pwd") return [folder === "" ? "." : folder];
  if (line === "git rev-parse --show-toplevel") return [project];
  const names = listedBy(command, []).map(({ path }) => path);
  return names.length > 0 ? names.slice(0, MAX_VALUES) : [UNKNOWN];
}
