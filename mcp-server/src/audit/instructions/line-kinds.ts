import { toCommand } from "../../trace/shell/command.ts";
import type { Line } from "./lines.ts";

/** So much of a line is read for what kind of line it is. */
const MAX_READ = 1000;
const MAX_COMMANDS = 500;
/** Words that make a sentence a rule, in the languages that instruction files are written in most. */
const RULES =
  /\b(?:must|never|always|don'?t|do not|cannot|required|mandatory|important|critical|only|instead|avoid|prefer|ensure|forbidden|nie|niemals|immer|nicht|muss|müssen|jamais|toujours|ne pas|nunca|siempre|sempre|no debe)\b|必ず|禁止|不要|必须|务必|しない|ないこと|반드시|금지|всегда|никогда|нельзя/iu;
const NOTE_HEADING =
  /\b(?:notes?|rules?|important|workflow|conventions?|guidelines?|constraints?|principles?|before|commit|checklist|hinweise?|regeln|wichtig|règles?|reglas|notas)\b|規約|注意|ルール|规则|注意事项|원칙|규칙|правила/iu;
/** Headings of what is done with every change, beside notes. */
const WORK_HEADING =
  /\b(?:tests?|testing|lint\w*|docs?|documentation|changelog|style|quality|duplication|reviews?|verif\w+)\b/iu;
const FOLDERS = /^\s*(?:[-*+]|\|?[├└│ ]+──)?\s*`?[\w.@*-]+(?:\/[\w.@*-]+)*\/`?(?:\s|:|$)/u;

// Most lines are plain, and plain patterns are faster.
const PLAIN_RULES = new RegExp(RULES.source.split("|必ず")[0] ?? "", "i");

export function isRule({ text, isCode }: Line): boolean {
  if (isCode) return false;
  const start = text.slice(0, MAX_READ);
  return (/^[\t -~]*$/u.test(start) ? PLAIN_RULES : RULES).test(start);
}

export function isNoteHeading(line: Line | undefined): boolean {
  return line !== undefined && NOTE_HEADING.test(line.text.slice(0, MAX_READ));
}

/** How a sentence begins that says what to do, behind a list's mark and the mark of bold words. */
const IMPERATIVE =
  /^\s*(?:[-*+]\s|\d+[.)]\s)?\s*(?:\*\*|__)?(?:when|whenever|before|after|if|for each|use|run|write|check|follow|handle|reference|update|add|keep|make|test|verify|document|commit|create|read|ask|start|stop|put)\b/iu;

/** Whether a line says what to do, in a section of notes or about what is done with every change. */
export function isWorkOrder(line: Line): boolean {
  const heading = line.above.at(-1);
  if (line.isCode || line.isBlank || line.level > 0 || heading === undefined) return false;
  const isOfWork = isNoteHeading(heading) || WORK_HEADING.test(heading.text.slice(0, MAX_READ));
  return isOfWork && (IMPERATIVE.test(line.text.slice(0, MAX_READ)) || isRule(line));
}

export function namesFolder({ text }: Line): boolean {
  return text.includes("/") && FOLDERS.test(text.slice(0, 200));
}

/** An order in bold or in capitals: what its author wants never to be overlooked. */
const BOLD_ORDER = /(?:\*\*|__)[^*_]{0,80}\b(?:always|never|must|do not|don'?t|only|prefer|avoid)\b/iu;
const LOUD_ORDER = /\b(?:ALWAYS|NEVER|MUST|DO NOT|DON'?T|ONLY)\b/u;

/** Finds orders that name, in a code span, the program of one of the commands. */
export function toOrderFinder(commands: readonly string[]): (line: Line) => boolean {
  const programs = new Set(commands.map((command) => command.split(" ")[0] ?? ""));
  return ({ text, isCode }) => {
    if (isCode || programs.size === 0 || !text.includes("`") || text.length > MAX_READ) return false;
    const isNamed = (text.match(/`[^`]{1,200}`/gu) ?? []).some((span) =>
      programs.has(span.slice(1, -1).split(" ")[0] ?? ""),
    );
    return isNamed && (BOLD_ORDER.test(text) || LOUD_ORDER.test(text));
  };
}

/** Reads the check commands that lines name, at most so many different ones: reading one takes its time. */
export function toCheckFinder(): (line: Line) => readonly string[] {
  const known = new Map<string, boolean>();
  return (line) =>
    commandsIn(line).filter((command, at, all) => {
      if (!isMaybeCheck(command) || all.indexOf(command) !== at) return false;
      const isCheck = known.get(command) ?? (known.size < MAX_COMMANDS && isCheckCommand(command));
      known.set(command, isCheck);
      return isCheck;
    });
}

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
  return (text.includes("`") ? (text.match(/`[^`]{3,200}`/gu) ?? []) : []).map((span) => span.slice(1, -1));
}

/** Words that begin a command which can check something; most lines of code begin with none. */
const MAYBE_CHECK =
  /test|lint|check|fmt|format|vet|build|tsc|type|verify|spec|ci\b|ruff|mypy|clippy|prettier|biome|knip/iu;

function isMaybeCheck(command: string): boolean {
  return MAYBE_CHECK.test(command) && /^[\w./]/u.test(command) && !/[={};]\s*$|^(?:import|const|func)\b/u.test(command);
}

function isCheckCommand(command: string): boolean {
  return toCommand(command).steps.some(
    ({ kind }) => kind === "test" || kind === "lint" || kind === "format" || kind === "build",
  );
}
