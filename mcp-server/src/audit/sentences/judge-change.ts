import { holdsAddress } from "./addresses.ts";
import { frontmatterChanges } from "./frontmatter.ts";
import { activeGrantsOf, credentialsOf, shownGrantsOf, type Grant } from "./grants.ts";
import { explainGrant, toKey } from "./judge-sentence.ts";
import { judgeConfig } from "./prompt-config.ts";

/** Folders whose files Claude Code takes for agents, commands, skills and output styles, each under a name. */
const NAMING = /(?:^|\/)(?:agents|commands|skills|output-styles)\//iu;
const CONFIG = /\.(?:json|ya?ml)$/iu;
/** A shorter line, such as a rule or a brace, may well stand in a file twice. */
const SENTENCE = 25;
const SHOWN = 10;

/** Why a new file of this name must not be made by a plan, or null. */
export function judgeNewFile(path: string): string | null {
  if (NAMING.test(path))
    return "it does not exist, and a new agent, command, skill or output style can take the place of another by its name, so only a human adds one: create the file with the frontmatter that you want";
  return CONFIG.test(path) ? "a new configuration file can be read by any program, so only a human adds one" : null;
}

/**
 * What an edit would give a prompt file that it does not have: what `after` runs, imports, allows, hides or repeats and `before`
 * does not, one reason each, for the human, with the line that only a human adds. None when the edit changes words alone.
 * `path` is relative to the project; `before` is null when there is no file.
 */
export function judgeChange(path: string, before: string | null, after: string): readonly string[] {
  const old = before ?? "";
  const reasons = [
    before === null ? judgeNewFile(path) : null,
    CONFIG.test(path) ? judgeConfig(path, before, after) : judgeFrontmatter(path, before, after),
    judgeRepeats(old, after),
    after.includes("\ufffd") && !old.includes("\ufffd") ? "it is no UTF-8 text" : null,
  ];
  const found = reasons.filter((reason) => reason !== null);
  return [...new Set([...found, ...addedGrants(path, old, after), ...judgeContexts(path, old, after)])];
}

function judgeFrontmatter(path: string, before: string | null, after: string): string | null {
  const changes = frontmatterChanges(before, after);
  if (changes.length === 0) return null;
  const lines = changes.slice(0, SHOWN).map((line) => `  ${line}`);
  return `its frontmatter would change, which decides what it may do. Only a human changes that in ${path}:\n${lines.join("\n")}`;
}

function addedGrants(path: string, before: string, after: string): readonly string[] {
  const known = new Set(shownGrantsOf(before).map(toKey));
  const old = new Set(before.split("\n"));
  const lines = after.split("\n").filter((line) => !old.has(line));
  const added = [
    ...shownGrantsOf(after).filter(
      (grant) =>
        grant.kind !== "frontmatter" &&
        !known.has(toKey(grant)) &&
        !(grant.kind === "address" && holdsAddress(before, grant.text)),
    ),
    ...credentialsOf(lines.join("\n")).filter(({ text }) => !before.includes(text)),
  ];
  return added.slice(0, SHOWN).map((grant) => {
    const line = lineOf(after, grant);
    return `${explainGrant(grant)}. Only a human adds that to ${path}, as in this line:\n  ${line}`;
  });
}

function lineOf(text: string, grant: Grant): string {
  const [start = ""] = grant.text.split("\n");
  const line = text.split("\n").find((one) => one.includes(start)) ?? start;
  return line.trim().slice(0, 200);
}

/** Where Claude Code or a reader of markdown may take an import or a shell line for an example. */
const CONTEXTS: readonly RegExp[] = [
  /<!--[\s\S]*?(?:-->|$)/gu,
  /^[ \t>]*(`{3,}|~{3,})[^\n]*\n(?:[\s\S]*?^[ \t>]*\1[`~]*[ \t]*$|[\s\S]*)/gmu,
  /`[^`\n]+`/gu,
  /^(?: {4}|\t)[^\n]*/gmu,
];

/** Imports and shell lines that stand there already, and would stand where they work otherwise: out of a code block or comment. */
function judgeContexts(path: string, before: string, after: string): readonly string[] {
  const [old, all] = [inContexts(before), new Set(activeGrantsOf(before).map(toKey))];
  const moved = [...inContexts(after)].filter(([key]) => !old.has(key)).map(([, grant]) => grant);
  return moved
    .filter((grant) => all.has(toKey(grant)))
    .map(
      ({ text }) =>
        `${text} would stand in other surroundings (a code block or comment), which decide whether Claude Code loads or runs it. Only a human changes that in ${path}`,
    );
}

function inContexts(text: string): ReadonlyMap<string, Grant> {
  const found = new Map<string, Grant>();
  let left = text;
  const add = (context: number, part: string): void => {
    for (const grant of activeGrantsOf(part)) found.set(`${context} ${toKey(grant)}`, grant);
  };
  for (const [context, pattern] of CONTEXTS.entries())
    left = left.replaceAll(pattern, (part: string, ...more: readonly unknown[]) => {
      // Behind `!` or another backtick Claude Code takes a code span for no example.
      const [at, all] = more.slice(-2);
      if (typeof at === "number" && typeof all === "string" && /[!`]/u.test(all[at - 1] ?? "")) return part;
      add(context, part);
      return " ";
    });
  add(CONTEXTS.length, left);
  return found;
}

/** A plan that is carried out a second time adds its sentences again. */
function judgeRepeats(before: string, after: string): string | null {
  const [old, now] = [before, after].map(countLines);
  const repeated = [...(now ?? [])].find(([line, count]) => count > Math.max(1, old?.get(line) ?? 0));
  return repeated === undefined
    ? null
    : `this line would stand there ${repeated[1]} times: ${repeated[0].slice(0, 200)}`;
}

function countLines(text: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const line of text.split(/\r\n|\n/u)) {
    const words = line.replace(/^[\s>*+-]*(?:\d+[.)])?\s*/u, "").trim();
    if (words.length >= SENTENCE && /\p{L}{3}/u.test(words)) counts.set(words, (counts.get(words) ?? 0) + 1);
  }
  return counts;
}
