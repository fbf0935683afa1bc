import { toCommand } from "../../trace/shell/command.ts";
import { perLine, type Line } from "./lines.ts";

/** So much of a line is read for what kind of line it is. */
const MAX_READ = 1000;
/** Words that make a sentence a rule, in the languages that instruction files are written in most. */
const RULES =
  /\b(?:must|never|always|don'?t|do not|cannot|required|mandatory|important|critical|only|instead|avoid|prefer|ensure|forbidden|nie|niemals|immer|nicht|muss|müssen|jamais|toujours|ne pas|nunca|siempre|sempre|no debe)\b|必ず|禁止|不要|必须|务必|しない|ないこと|반드시|금지|всегда|никогда|нельзя/iu;
const NOTE_HEADING =
  /\b(?:notes?|rules?|important|workflow|conventions?|guidelines?|constraints?|principles?|before|commit|checklist|hinweise?|regeln|wichtig|règles?|reglas|notas)\b|規約|注意|ルール|规则|注意事项|원칙|규칙|правила/iu;
const FOLDERS = /^\s*(?:[-*+]|\|?[├└│ ]+──)?\s*`?[\w.@*-]+(?:\/[\w.@*-]+)*\/`?(?:\s|:|$)/u;

export function isRule({ text, isCode }: Line): boolean {
  return !isCode && RULES.test(text.slice(0, MAX_READ));
}

export function isNoteHeading(line: Line | undefined): boolean {
  return line !== undefined && NOTE_HEADING.test(line.text.slice(0, MAX_READ));
}

export function namesFolder({ text }: Line): boolean {
  return text.includes("/") && FOLDERS.test(text.slice(0, 200));
}

export const checksIn = perLine((line) =>
  commandsIn(line)
    .filter(isCheckCommand)
    .map((command) => `check:${command}`),
);

/** What a line gives to run: code spans, or the line of a code block without its comment. */
function commandsIn({ text, isCode }: Line): readonly string[] {
  if (text.length > MAX_READ) return [];
  if (isCode)
    return [
      text
        .replace(/^\s*\$ /u, "")
        .replace(/\s#.*$/u, "")
        .trim(),
    ];
  return [...text.matchAll(/`([^`]{3,200})`/gu)].map(([, span]) => span ?? "");
}

/** Words that begin a command which can check something; most lines of code begin with none. */
const MAYBE_CHECK =
  /test|lint|check|fmt|format|vet|build|tsc|type|verify|spec|ci\b|ruff|mypy|clippy|prettier|biome|knip/iu;

function isCheckCommand(command: string): boolean {
  if (
    !/^[\w./]+ ?\S*/u.test(command) ||
    !MAYBE_CHECK.test(command) ||
    /[={};]\s*$|^(?:import|const|func)\b/u.test(command)
  )
    return false;
  return toCommand(command).steps.some(
    ({ kind }) => kind === "test" || kind === "lint" || kind === "format" || kind === "build",
  );
}
