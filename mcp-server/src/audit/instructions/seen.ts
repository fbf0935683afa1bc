import type { SummaryFacts } from "../evidence/summary-facts.ts";
import type { TurnRow } from "../evidence/rows.ts";
import { namedFiles, termsOf } from "./words.ts";

/** What an audit looks for in the prompt files. */
export type Seen = {
  /** Terms, and names of files and kinds of files, by their weight. */
  readonly terms: ReadonlyMap<string, number>;
  /** Commands as they were run, such as `npm run lint`, the most frequent first. */
  readonly commands: readonly string[];
  /** Files that were edited, relative to the project. */
  readonly edited: readonly string[];
  /** Names of subagents that ran, and of slash commands that were typed, in small letters. */
  readonly used: readonly string[];
};

const MAX_TERMS = 400;
const MAX_COMMANDS = 40;
const MAX_EDITED = 200;

/** What a step says beyond its own words: the rules that would speak of it use these. */
const IMPLIED: readonly (readonly [step: RegExp, words: string])[] = [
  [/^git commit|its hook/u, "commit hook"],
  [/^git (?:push|commit)/u, "push branch pull request"],
  [/--amend|--force|^git (?:rebase|reset|checkout|stash|revert)/u, "history destructive"],
  [/^gh pr/u, "pull request review"],
  [/^agent /u, "agent subagent delegate explore task"],
  [/hidden by|failed or not run/u, "pipe tail head output exit"],
  [/filtered/u, "single filter whole suite"],
  [/^write \S+\.(?:md|txt)/u, "create document markdown file"],
  [/^write /u, "create new file"],
  [/^edit .*(?:test|spec)/u, "test"],
  [/failed: text not found/u, "indent tab whitespace"],
  [/missing |nothing found/u, "folder directory structure located"],
  [/^run (?:npm|pnpm|yarn|bun|pip\d?|cargo|go)\b/u, "install dependency package"],
  [/\(outside\)/u, "outside"],
];
const CHECK = /^(?:test|lint|format|build) /u;
const VERDICT =
  /,? (?:ok\b|FAILED|failed or not run|exit hidden by|filtered|its hook|\(cached\)|\(no tests ran\)|\(failed\b|×\d+).*$/u;

/** What the summaries show: the humans' words most, then what was edited, run and refused, then what was looked at. */
export function toSeen(facts: readonly SummaryFacts[]): Seen {
  const sums = new Map<string, number>();
  const commands = new Map<string, number>();
  const edited = new Set<string>();
  const used = new Set<string>();
  const add = (text: string, weight: number): void => {
    for (const term of [...termsOf(text), ...namedFiles(text)]) sums.set(term, (sums.get(term) ?? 0) + weight);
  };
  for (const { turns, recurring, notable_patterns, evidence } of facts) {
    for (const row of turns) addTurn(row, { add, commands, edited, used });
    for (const { what, kind } of recurring) {
      add(what, 1.5);
      add(kind, 0.5);
    }
    for (const id of notable_patterns) add(`${id} ${evidence.get(id) ?? ""}`, 0.4);
  }
  return {
    terms: new Map(
      [...sums]
        .map(([term, sum]) => [term, toWeight(term, sum)] as const)
        .toSorted((left, right) => right[1] - left[1] || (left[0] < right[0] ? -1 : 1))
        .slice(0, MAX_TERMS),
    ),
    commands: [...commands]
      .toSorted((left, right) => right[1] - left[1] || (left[0] < right[0] ? -1 : 1))
      .map(([command]) => command)
      .slice(0, MAX_COMMANDS),
    edited: [...edited].slice(0, MAX_EDITED),
    used: [...used].slice(0, MAX_EDITED),
  };
}

/** The words of one sentence, for a search of what stands nearest to it. */
export function seenInText(text: string): Seen {
  const terms = [...termsOf(text), ...namedFiles(text)].slice(0, MAX_TERMS);
  return { terms: new Map(terms.map((term) => [term, toWeight(term, 1)])), commands: [], edited: [], used: [] };
}

/** What is said ten times matters more than what is said once, not ten times as much. A file's name says most. */
function toWeight(term: string, sum: number): number {
  return (1 + Math.log2(1 + sum)) * Math.min(1, sum) * (term.startsWith("file:") ? 1.5 : 1);
}

type Sums = {
  readonly add: (text: string, weight: number) => void;
  readonly commands: Map<string, number>;
  readonly edited: Set<string>;
  readonly used: Set<string>;
};

/** What the humans said decides what is looked for; what the agent did says where. */
const SAID = 2;

function addTurn({ human, did, unchecked, git, refused }: TurnRow, { add, commands, edited, used }: Sums): void {
  if (human !== null) add(human, SAID);
  for (const [, name] of (human ?? "").matchAll(/(?:^|\s)\/([\w:-]{1,60})/gu)) used.add((name ?? "").toLowerCase());
  if (refused !== null) add(refused, SAID);
  const implied = new Set<string>();
  for (const step of did) {
    const bare = step.replace(VERDICT, "");
    add(bare, step.startsWith("explore ") ? 0.25 : /FAILED/u.test(step) ? 1 : 0.5);
    for (const [pattern, words] of IMPLIED) if (pattern.test(step)) implied.add(words);
    if (/^(?:edit|write) /u.test(step)) for (const path of toPaths(step)) edited.add(path);
    const agent = /^agent ([\w:-]{1,60})/u.exec(step)?.[1];
    if (agent !== undefined) used.add(agent.toLowerCase());
    const command = toCommand(step);
    if (command !== null) commands.set(command, (commands.get(command) ?? 0) + 1);
  }
  for (const words of implied) add(words, 0.4);
  for (const path of unchecked) add(path, 0.5);
  if (unchecked.length > 0) add("test check verify", 0.5);
  for (const note of git) add(`${note} commit stage`, 0.7);
}

function toPaths(step: string): readonly string[] {
  return step
    .replace(/^\w+ /u, "")
    .split(", ")
    .map((name) => name.replace(/ (?:×\d+|\(.*)$/u, "").trim())
    .filter((name) => name !== "" && !/^\+\d+$/u.test(name));
}

/** `test npm test FAILED: 2 failed` ran `npm test`; `git commit` is a command as it stands. */
function toCommand(step: string): string | null {
  const line = step.split(" (")[0] ?? "";
  if (/^(?:git|gh) \S/u.test(line)) return line.replace(VERDICT, "").split(",")[0]?.trim() ?? null;
  if (!CHECK.test(line) && !/^run \S/u.test(line)) return null;
  const command = line.replace(/^\w+ /u, "").split(",")[0]?.replace(VERDICT, "").trim() ?? "";
  return command.includes(" ") ? command : null;
}
