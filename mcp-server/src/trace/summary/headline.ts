import { statesFault } from "../values/objection.ts";
import { plural } from "../values/plural.ts";
import type { Summary } from "./schema.ts";

/** What a scan has room for beside a run. */
const MAX_WORDS = 4;

/**
 * What stands out in a run, in a few words each, what cost most first; empty where nothing does. Counted from the table of
 * turns as the summary shows it, so that a diagnosis of the summary sees the same.
 */
export function toHeadline({ turns, recurring, patterns, outcome }: Summary): readonly string[] {
  const rows = turns.filter(({ did }) => did !== undefined);
  const count = (holds: (row: (typeof rows)[number]) => boolean): number => rows.filter(holds).length;
  const unchecked = new Set(rows.flatMap((row) => row.unchecked ?? [])).size;
  // The first prompt of a session corrects no turn of it.
  const corrected = rows.slice(1).filter(({ human }) => statesFault(human) === true).length;
  const said: readonly (readonly [number, (count: number) => string])[] = [
    [corrected, (n) => `${plural(n, "prompt")} of the human that ${n === 1 ? "states" : "state"} a fault`],
    [count(({ refused }) => refused !== undefined), (n) => `refusals in ${plural(n, "turn")}`],
    [count(({ end }) => end === "interrupted"), (n) => `${plural(n, "turn")} interrupted`],
    [count(({ did = [] }) => isRedAtEnd(did)), (n) => `a failing check last in ${plural(n, "turn")}`],
    [count(({ git }) => git !== undefined), (n) => `uncommitted edits in ${plural(n, "turn")}`],
    [recurring.filter(({ kind }) => TOLD_APART.has(kind)).length, (n) => `${plural(n, "trouble")} in several turns`],
    [patterns.filter(({ severity }) => severity !== "low").length, () => patterns.map(({ id }) => id)[0] ?? ""],
    [unchecked, (n) => `${plural(n, "file")} unchecked`],
    [count(({ did = [] }) => did.some((step) => HIDDEN.test(step))), (n) => `exits hidden in ${plural(n, "turn")}`],
    [outcome === "failure" ? 1 : 0, () => "ended in failure"],
  ];
  return said.flatMap(([n, words]) => (n > 0 ? [words(n)] : [])).slice(0, MAX_WORDS);
}

/** Reading the same file first is a way of working, and no trouble by itself. */
const TOLD_APART: ReadonlySet<string> = new Set([
  "command_failed",
  "search_in_vain",
  "missing_path",
  "edit_failed",
  "edit_undone",
  "refused",
]);
/** A check whose exit is hidden and whose last line told nothing. */
const HIDDEN = /^(?:test|lint|build) .*exit hidden by (?:a pipe|\|\||a later command)(?: ×\d+)?$/u;
const CHECK = /^(?:test|lint|build) /u;

/** Whether the last check of a turn failed. */
function isRedAtEnd(did: readonly string[]): boolean {
  return /\bFAILED\b/u.test(did.findLast((step) => CHECK.test(step)) ?? "");
}
