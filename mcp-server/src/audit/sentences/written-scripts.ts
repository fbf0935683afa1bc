import { INTERPRETER, PREFIX } from "./pipes.ts";

const NAME = String.raw`["']?([\w./~$\{}@%+*?-]{1,200})`;
/** Arrows, whose `>` is no redirection. */
const ARROW = /[-=]>/gu;
/** What writes a file: a redirection behind a command, a program that copies its input, and one that loads from elsewhere. */
const WRITTEN = new RegExp(
  String.raw`(?<=\S[ \t]{0,3}|\S[ \t]{0,3}\d)(?<![>&])(?:&?>>?\|?)[ \t]*(?!&)${NAME}|\btee[ \t]+(?:-\S+[ \t]+){0,5}${NAME}|\bof=${NAME}|\b(?:curl|wget|fetch|Invoke-WebRequest|iwr)\b[^\n|;&]{0,300}?[ \t](?:-o|-O|--output|--output-document|-OutFile)[ \t=]*${NAME}|\b(?:curl|wget|git[ \t]+clone|gh[ \t]+repo[ \t]+clone|scp|rsync)[ \t][^\n|;&]{0,300}/${NAME}`,
  "giu",
);
/** What runs a file: an interpreter that is given it, a path in the place of a command, and a right to be run. */
const RUN = new RegExp(
  String.raw`(?<![\w.-])(?:${PREFIX}${INTERPRETER}|\.)[ \t]+(?:-\S+[ \t]+){0,5}<?[ \t]*${NAME}|(?:^|[\u0060|;&(“]|\b(?:run|exec|then|do|sudo|time)\b)[ \t]*((?:\.{1,2}|~|\$\w+)?/[\w./~$-]{1,200})|\bchmod[ \t]+\S{1,20}[ \t]+${NAME}`,
  "gimu",
);

type Written = { readonly name: string; readonly end: number; readonly text: string };

/**
 * What of a text runs a file that an earlier command of it has written, each with that command: `x > a.sh; bash a.sh` runs what `x`
 * prints, as `x | bash` does. Files are the same by the last part of their names, and a name with a wildcard is any of them. A
 * command that only changes a file, or that puts the name together, is not told. Linear in the text's length.
 */
export function writtenScripts(text: string): readonly string[] {
  const plain = text.replaceAll(ARROW, "  ");
  const first = new Map<string, Written>();
  for (const match of plain.matchAll(WRITTEN)) {
    const [name, end] = [baseOf(match), match.index + match[0].length];
    const command = /[^\n`“”]*$/u.exec(text.slice(Math.max(0, match.index - 120), match.index))?.[0] ?? "";
    if (name !== "" && !first.has(name)) first.set(name, { name, end, text: (command + match[0]).trim() });
  }
  const [earliest] = first.values();
  if (earliest === undefined) return [];
  return [...plain.matchAll(RUN)].flatMap((match) => {
    const name = baseOf(match);
    const written = /[*?]/u.test(name) ? earliest : first.get(name);
    return written === undefined || match.index + match[0].length <= written.end
      ? []
      : [`${written.text} … ${match[0].trim()}`];
  });
}

/** The last part of the name that a match holds, without what ends a sentence. */
function baseOf(match: RegExpExecArray): string {
  const name = match.slice(1).find((part) => part !== undefined) ?? "";
  return name.replace(/[.,;:!?]+$/u, "").replace(/^.*\//u, "");
}
