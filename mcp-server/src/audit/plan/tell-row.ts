import type { TurnRow } from "../evidence/rows.ts";
import { statesFault } from "../../trace/values/objection.ts";
import { truncate } from "../../trace/values/names.ts";
import { quoteText, showText } from "./show.ts";

/** Of a row so many steps are told, in so many characters, and of one step and of the human's words so many. */
const MAX_STEPS = 8;
const MAX_ALL_STEPS = 480;
const MAX_DETAIL = 120;
const MAX_WORDS = 100;
/** Of longer words the beginning and the end: what was asked for often stands last. */
const MAX_HEAD = 55;

/**
 * A row in words: what the human said, unless Source Trace has it as the goal; the steps that tell most, in their order; what was
 * left open; how it ended; and what the human said then, where that is the verdict. `words` are those of the symptom.
 */
export function tellRow(row: TurnRow, next: TurnRow | null, goal: string | null, words: ReadonlySet<string>): string {
  const { human, did, unchecked, git, refused, end } = row;
  // One refused call is told where it stood, with the human's words; of several only these are known to belong together.
  const refusals = did.filter(isRefused).length;
  const isInPlace = refused !== null && refusals === 1;
  const told = isInPlace ? did.map((step) => (isRefused(step) ? `refused ${refused}` : step)) : did;
  const steps = tellSteps(refused === null || isInPlace ? told : told.filter((step) => !isRefused(step)), words);
  const parts = [
    human === null ? "" : human === goal ? "the goal" : quoteWords(human),
    steps,
    unchecked.length === 0 ? "" : `unchecked: ${showText(truncate(unchecked.join(", "), MAX_DETAIL))}`,
    ...git.map((note) => showText(truncate(note, MAX_DETAIL))),
    refused === null || isInPlace ? "" : `refused ${tellRefusals(refused, words)}`,
    ENDS.get(end ?? "") ?? "",
    // Words of a refusal are the human's own already.
    next === null || next.human === null || refused?.includes('"') === true || !isVerdict(next.human, words)
      ? ""
      : `then the human: ${quoteWords(next.human)}`,
  ];
  return parts.filter((part) => part !== "").join("; ");
}

/** Of several refusals those that the symptom names, each with the human's words. */
function tellRefusals(refused: string, words: ReadonlySet<string>): string {
  const all = refused.split(/(?<="); (?=[\w-])/u);
  const shared = all.map((one) => countShared(one, words));
  const kept = [...all.keys()]
    .toSorted((left, right) => (shared[right] ?? 0) - (shared[left] ?? 0))
    .slice(0, MAX_REFUSALS);
  const told = all.filter((_one, at) => kept.includes(at)).map((one) => showText(truncate(one, MAX_DETAIL)));
  const more = all.length - kept.length;
  return `${told.join(", ")}${more === 0 ? "" : `, and ${more} more`}`;
}
const MAX_REFUSALS = 3;

function isRefused(step: string): boolean {
  return step.startsWith("REFUSED ");
}

/** The ends that tell something. */
const ENDS: ReadonlyMap<string, string> = new Map([
  ["asked", "ended with a question"],
  ["interrupted", "interrupted"],
  ["api_error", "ended by an API error"],
  ["cut_off", "cut off"],
]);

/** Words that state a fault, or that the symptom speaks of. */
function isVerdict(human: string, words: ReadonlySet<string>): boolean {
  return statesFault(human) === true || countShared(human, words) >= 3;
}

/** What a human typed, quoted: of a long prompt its beginning and its end, and beside it how much was pasted. */
function quoteWords(human: string): string {
  const [, typed = human, lines] = /^(.*?)(?: \[pasted, (\d+) lines\])?$/su.exec(human) ?? [];
  const pasted = lines === undefined ? "" : ` (pasted, ${lines} lines)`;
  if (typed.length <= MAX_WORDS) return `${quoteText(typed, MAX_WORDS)}${pasted}`;
  const start = typed.slice(0, MAX_HEAD).replace(/\s+\S*$/u, "");
  const end = typed.slice(MAX_HEAD - MAX_WORDS).replace(/^\S*\s/u, "");
  return `${quoteText(`${start} … ${end}`, MAX_WORDS + 3)}${pasted}`;
}

/**
 * The steps that tell most, in their order, `…` where others stood between them: those that the symptom names, by words that
 * few of the row's steps have, then what failed, checks, commits and changes.
 */
function tellSteps(did: readonly string[], words: ReadonlySet<string>): string {
  const shared = did.map((step) => [...wordsOf(step)].filter((word) => words.has(word)));
  const counts = new Map<string, number>();
  for (const word of shared.flat()) counts.set(word, (counts.get(word) ?? 0) + 1);
  const scores = did.map(
    (step, at) => tells(step) + (shared[at] ?? []).reduce((sum, word) => sum + NAMED / (counts.get(word) ?? 1), 0),
  );
  const isTelling = scores.some((score) => score >= 2);
  const told = did.map((step) => showText(shorten(step, words)));
  const kept = new Set<number>();
  let room = MAX_ALL_STEPS;
  for (const at of [...did.keys()].toSorted(
    (left, right) => (scores[right] ?? 0) - (scores[left] ?? 0) || left - right,
  )) {
    // What was done over and over is told twice: the reader sees that it was, and other steps have room.
    if ([...kept].filter((other) => told[other] === told[at]).length > 1) continue;
    if (kept.size >= MAX_STEPS || (isTelling && (scores[at] ?? 0) < 2)) break;
    const length = told[at]?.length ?? 0;
    if (length > room && kept.size > 0) continue;
    kept.add(at);
    room -= length;
  }
  const places = [...kept].toSorted((left, right) => left - right);
  return places
    .map((at, place) => (place > 0 && at > (places[place - 1] ?? 0) + 1 ? `… → ${told[at]}` : told[at]))
    .join(" → ");
}
const NAMED = 4;

function tells(step: string): number {
  if (step.startsWith("refused ")) return 20;
  if (/\bFAILED\b|\bfailed\b|\bREFUSED\b|exit hidden/u.test(step)) return 5;
  if (/^(?:test|lint|build) |^git (?:commit|push)|^gh /u.test(step)) return 4;
  if (/^(?:edit|write|run) |^git (?:rebase|merge|reset|revert|stash|checkout|restore)\b/u.test(step)) return 3;
  return /^(?:explore|wait|format|git|…)/u.test(step) ? 1 : 2;
}

/** A step of many names with those that the symptom names, else with the first ones, and how many there are more. */
function shorten(step: string, words: ReadonlySet<string>): string {
  const [, start = "", list = ""] = /^((?:edit|write|explore)[^:,]*?:? )(\S.*)$/u.exec(step) ?? [];
  const names = list.split(", ");
  if (names.length < 3) return truncate(step, MAX_DETAIL);
  const known = names.filter((name) => /^\+\d+$/u.test(name)).reduce((sum, name) => sum + Number(name), 0);
  const all = names.filter((name) => !/^\+\d+$/u.test(name));
  const named = all.filter((name) => countShared(name.split("/").at(-1) ?? "", words) >= 2);
  const kept = (named.length > 0 ? named : all).slice(0, named.length > 0 ? 3 : 2);
  const more = all.length - kept.length + known;
  return truncate(`${start}${kept.join(", ")}${more === 0 ? "" : `, +${more}`}`, MAX_DETAIL);
}

/** How many of the words a text has. */
export function countShared(text: string, words: ReadonlySet<string>): number {
  return [...wordsOf(text)].filter((word) => words.has(word)).length;
}

/** The words of a text, in small letters, that have at least three. */
export function wordsOf(text: string): ReadonlySet<string> {
  return new Set(text.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu));
}
