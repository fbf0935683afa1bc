import { toCommand } from "../../trace/shell/command.ts";
import { rankOf } from "./in-force.ts";
import { perLine, type Line } from "./lines.ts";
import type { Seen } from "./seen.ts";
import { namedFiles, termsOf } from "./words.ts";

/** A line, the terms of what was seen that stand in or around it with what each is worth, and what it is worth without them. */
export type Scored = {
  readonly line: Line;
  readonly hits: ReadonlyMap<string, number>;
  /** Those of its terms that it holds itself; the others stand around it. */
  readonly own: readonly string[];
  readonly prior: number;
};

// The weights were tried on the sessions and instruction files of two public projects, and judged on those of two others.
const INHERITED = 0.35;
const AROUND = 0.15;
const COMMAND = 1.2;
const CHECK = 1.6;
const RULE = 0.8;
const NOTES = 1;
const FOLDER = 0.5;
/** Room that nothing better needs goes to what is in force. */
const TEXT = 0.02;
const CODE = 0.4;
const RULE_HITS = 1.3;
/** So much of a line is read for what kind of line it is. */
const MAX_READ = 1000;
/** So far from a line its section still says what it is about. */
const REACH = 8;
/** What is in force in every session counts most; see in-force.ts. */
const FORCE = [1, 0.6, 0.4, 0.3] as const;

const NO_HITS: ReadonlyMap<string, number> = new Map();

/** Words that make a sentence a rule, in the languages that instruction files are written in most. */
const RULES =
  /\b(?:must|never|always|don'?t|do not|cannot|required|mandatory|important|critical|only|instead|avoid|prefer|ensure|forbidden|nie|niemals|immer|nicht|muss|müssen|jamais|toujours|ne pas|nunca|siempre|sempre|no debe)\b|必ず|禁止|不要|必须|务必|しない|ないこと|반드시|금지|всегда|никогда|нельзя/iu;
const NOTE_HEADING =
  /\b(?:notes?|rules?|important|workflow|conventions?|guidelines?|constraints?|principles?|before|commit|checklist|hinweise?|regeln|wichtig|règles?|reglas|notas)\b|規約|注意|ルール|规则|注意事项|원칙|규칙|правила/iu;
const FOLDERS = /^\s*(?:[-*+]|\|?[├└│ ]+──)?\s*`?[\w.@*-]+(?:\/[\w.@*-]+)*\/`?(?:\s|:|$)/u;

/**
 * What each line is worth to a reader of what was seen. A term is worth more the fewer lines hold it. `isWordsOnly`: rules,
 * checks and notes are worth nothing by themselves.
 */
export function scoreLines(lines: readonly Line[], seen: Seen, isWordsOnly = false): readonly Scored[] {
  const found = lines.map((line) => termsIn(line, seen));
  const counts = new Map<string, number>();
  let total = 0;
  for (const [at, terms] of found.entries()) {
    if (lines[at]?.isBlank === false) total += 1;
    for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
  }
  const most = Math.log2(1 + total);
  const worths = new Map(
    [...counts].map(([term, number]) => [
      term,
      ((seen.terms.get(term) ?? COMMAND) * Math.log2(1 + total / number)) / most,
    ]),
  );
  const forces = new Map(lines.map(({ file }) => [file, 0]));
  for (const file of forces.keys()) forces.set(file, forceOf(file.path, seen));
  const noteHeadings = new Set(
    lines.filter(({ level, text }) => level > 0 && NOTE_HEADING.test(text.slice(0, MAX_READ))),
  );
  const byLine = new Map(lines.map((line, at) => [line, found[at] ?? []]));
  return lines.map((line, at) => {
    if (line.isBlank || line.level > 0) return { line, hits: NO_HITS, own: [], prior: 0 };
    const force = forces.get(line.file) ?? 1;
    const isRule = !line.isCode && RULES.test(line.text.slice(0, MAX_READ));
    const scale = (line.isCode ? CODE : isRule ? RULE_HITS : 1) * force;
    const hits = new Map<string, number>();
    const add = (terms: readonly string[], share: number): void => {
      for (const term of terms) hits.set(term, Math.max(hits.get(term) ?? 0, (worths.get(term) ?? 0) * share * scale));
    };
    for (let step = -REACH; step <= REACH; step += 1) {
      const other = lines[at + step];
      if (other?.file === line.file && other.level === 0 && other.above.at(-1) === line.above.at(-1))
        add(found[at + step] ?? [], AROUND);
    }
    for (const heading of line.above) add(byLine.get(heading) ?? [], INHERITED);
    add(found[at] ?? [], 1);
    // A check that is named is worth showing, and less when it is named again.
    const checks = isWordsOnly ? [] : checksIn(line);
    for (const check of checks) hits.set(check, CHECK * force);
    return {
      line,
      hits,
      own: [...(found[at] ?? []), ...checks],
      prior: isWordsOnly
        ? 0
        : priorOf(line, { isRule, isNote: line.above.some((one) => noteHeadings.has(one)) }) * force,
    };
  });
}

const wordsOf = perLine(({ text }) => [...termsOf(text), ...namedFiles(text)]);
const checksIn = perLine((line) =>
  commandsIn(line)
    .filter(isCheckCommand)
    .map((command) => `check:${command}`),
);

/** The terms, files and commands of what was seen that a line holds. */
function termsIn(line: Line, { terms, commands }: Seen): readonly string[] {
  if (line.isBlank) return [];
  const { text } = line;
  const held = wordsOf(line).filter((term) => terms.has(term));
  const run = commands.filter((command) => text.includes(command)).map((command) => `run:${command}`);
  return [...held, ...run];
}

/** A file of a folder counts in full where a file of that folder was edited, and for nothing where none was. */
function forceOf(path: string, { edited, used }: Seen): number {
  const rank = rankOf(path);
  if (rank === 2 && used.some((name) => isNamedAs(path.toLowerCase(), name))) return 1;
  const folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/") + 1).replace(/\.claude\/$/u, "") : "";
  const isNear = rank === 1 && folder !== "" && edited.some((file) => isBelow(file, folder));
  return isNear || edited.includes(path) ? 1 : (FORCE[rank] ?? 1);
}

/** `.claude/agents/dev.md` is `dev`, `.claude/skills/review/SKILL.md` is `review`. */
function isNamedAs(path: string, name: string): boolean {
  const last = name.split(":").at(-1) ?? "";
  return last !== "" && (path.endsWith(`/${last}.md`) || path.includes(`/skills/${last}/`));
}

/** A path that a summary shortened to `…/last/three` is compared by what it still has. */
function isBelow(file: string, folder: string): boolean {
  if (!file.startsWith("…/")) return file.startsWith(folder);
  const steps = file.slice(2).split("/").slice(0, -1);
  const last = folder.split("/").at(-2) ?? "";
  return steps.includes(last);
}

function priorOf(
  { text, isCode }: Line,
  { isRule, isNote }: { readonly isRule: boolean; readonly isNote: boolean },
): number {
  return TEXT + (isRule ? RULE : 0) + (isNote && !isCode ? NOTES : 0) + (FOLDERS.test(text.slice(0, 200)) ? FOLDER : 0);
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
