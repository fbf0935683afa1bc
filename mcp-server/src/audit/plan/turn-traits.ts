import { statesFault } from "../../trace/values/objection.ts";
import type { TurnRow } from "../evidence/rows.ts";
import type { SummaryFacts } from "../evidence/summary-facts.ts";

/** What a turn can show, and of which turns it can be said. */
export type TurnTrait = {
  readonly id: string;
  /** The turns that can show it, and what those that show it do, in words. */
  readonly of: string;
  readonly shown: string;
  /** How a symptom speaks of it; an issue whose kind is about something else is not measured by it without. */
  readonly named: RegExp;
  /** Whether a turn can show it at all; only such turns are asked. */
  readonly isOpen: (turn: Turn) => boolean;
  readonly isShown: (turn: Turn) => boolean;
  /** Whether a trace without a recorded order cannot tell. */
  readonly needsOrder: boolean;
};

/** A row with the rows of the turns before and after it; null where these are not shown. */
export type Turn = { readonly row: TurnRow; readonly before: TurnRow | null; readonly after: TurnRow | null };

const CHECK = /^(?:test|lint|build|format) /u;
const EDIT = /^(?:edit|write) /u;
const SAVE = /^git (?:commit|push)\b/u;

const has = (form: RegExp) => (turn: Turn) => turn.row.did.some((step) => form.test(step));
const edits = has(EDIT);
const asks = ({ row }: Turn): boolean => /[?？]["'”)\s]*$/u.test(row.human ?? "");

/** Every trait; where several show, the first is the criterion. */
export const TURN_TRAITS: readonly TurnTrait[] = [
  {
    id: "git",
    of: "turns with a commit or push",
    shown: "leave changed files out of it",
    named: /\b(?:left|leaves?|leaving) (?:\w+ )?out\b|\bnot (?:staged|added|committed)\b/iu,
    // What is said of a commit outlives the step, which may have no room.
    isOpen: (turn) => has(SAVE)(turn) || turn.row.git.length > 0,
    isShown: ({ row }) => row.git.length > 0,
    needsOrder: true,
  },
  {
    id: "question_edited",
    of: "turns whose prompt is a question",
    shown: "change files",
    named: /\bquestion|\basked (?:whether|if|why|what)\b/iu,
    isOpen: asks,
    isShown: edits,
    needsOrder: false,
  },
  {
    id: "refused",
    of: "turns",
    shown: "have a call refused",
    named: /\brefus|\breject|\bdenied\b/iu,
    isOpen: () => true,
    isShown: ({ row }) => row.refused !== null,
    needsOrder: false,
  },
  {
    id: "interrupted",
    of: "turns",
    shown: "are interrupted",
    named: /\binterrupt|\bstopped (?:the|it)\b/iu,
    isOpen: ({ row }) => row.end !== null,
    isShown: ({ row }) => row.end === "interrupted",
    needsOrder: false,
  },
  {
    id: "unchecked",
    of: "turns that change files",
    shown: "leave code unchecked",
    named:
      /\bunchecked\b|\b(?:no|without)\b.{0,30}\b(?:test|check|lint|typecheck|run)\b|\bnot (?:run|tested|checked)\b/iu,
    isOpen: (turn) => edits(turn) || turn.row.unchecked.length > 0,
    isShown: ({ row }) => row.unchecked.length > 0,
    needsOrder: true,
  },
  {
    id: "failed_last",
    of: "turns with a check",
    shown: "end with a failed one",
    named: /\bfail(?:ed|ing|s)?\b.{0,60}\b(?:committed|pushed|handed over|dismissed|ignored)\b/iu,
    isOpen: has(CHECK),
    isShown: ({ row }) => /\bFAILED\b/u.test(row.did.findLast((step) => CHECK.test(step)) ?? ""),
    needsOrder: true,
  },
  {
    id: "faulted",
    of: "turns",
    shown: "are answered with words like “no”, “still” or “wrong”",
    named:
      /\bhuman\b.{0,80}\b(?:correct|object|complain|found|finds|paste|reported|pointed|had to|undo|wrong|disagree|doubt|rejected|refused)/iu,
    isOpen: ({ after }) => after !== null && after.human !== null,
    isShown: ({ after }) => statesFault(after?.human ?? null) === true,
    needsOrder: false,
  },
  {
    id: "hidden",
    of: "turns with a check",
    shown: "hide its exit",
    named: /\bpipe|\bhid(?:e|den|ing)\b|\bexit\b/iu,
    isOpen: has(CHECK),
    isShown: has(/^(?:test|lint|build|format) .*(?:exit hidden by|in the background)/u),
    needsOrder: false,
  },
  {
    id: "failed_run",
    of: "turns with a command or check",
    shown: "have one that fails",
    named: /\bfail/iu,
    isOpen: has(/^(?:test|lint|build|format|run|git|gh) /u),
    isShown: has(/^(?:test|lint|build|format|run|git|gh) .*\b(?:FAILED|failed)\b/u),
    needsOrder: false,
  },
  {
    id: "missing",
    of: "turns",
    shown: "look for what is not there",
    named: /\bmissing\b|\bnot (?:there|exist|found)\b|\bnothing found\b/iu,
    isOpen: has(/^explore /u),
    isShown: has(/^explore .*(?:\bmissing |\bnothing found\b)/u),
    needsOrder: false,
  },
  {
    id: "edit_failed",
    of: "turns with an edit",
    shown: "have one that fails",
    named: /\bedits?\b.{0,40}\bfail/iu,
    isOpen: edits,
    isShown: has(/^(?:edit|write) .*\(failed/u),
    needsOrder: false,
  },
  {
    id: "agents",
    of: "turns",
    shown: "start a subagent",
    named: /\bsubagents?\b|\bagents? (?:Explore|Plan)\b/iu,
    isOpen: () => true,
    isShown: has(/^agent /u),
    needsOrder: false,
  },
  {
    id: "rework",
    of: "turns that change files",
    shown: "change one that the turn before changed",
    named: /\b(?:again|redone|rewr\w+|undone|second time|once more)\b/iu,
    isOpen: (turn) => turn.before !== null && turn.before.did.length > 0 && edits(turn),
    isShown: ({ row, before }) => {
      const known = [...filesOf(before?.did ?? [])];
      return [...filesOf(row.did)].some((file) => known.some((other) => isSameFile(file, other)));
    },
    needsOrder: false,
  },
];

/** The files that steps changed, as they are shown; those that a step only counts are not known. */
function filesOf(did: readonly string[]): ReadonlySet<string> {
  const names = did
    .filter((step) => EDIT.test(step))
    .flatMap((step) =>
      step
        .replace(EDIT, "")
        .replace(/ \([^)]*\)/gu, "")
        .split(", "),
    )
    .map((name) => name.replace(/ ×\d+$/u, ""));
  return new Set(names.filter((name) => !/^\+\d+$/u.test(name) && name !== ""));
}

/** A table that has no room names a file by the end that no other file of it has. */
function isSameFile(left: string, right: string): boolean {
  const [a, b] = [left.replace(/^…\//u, ""), right.replace(/^…\//u, "")];
  return a === b || a.endsWith(`/${b}`) || b.endsWith(`/${a}`);
}

/** The turns of a summary with something done in them, each with its neighbours where these are the next ones. */
export function turnsOf({ turns: rows }: SummaryFacts): readonly Turn[] {
  return rows.flatMap((row, at) => {
    if (row.end === null && row.did.length === 0) return [];
    const isAfter = isNext(rows[at - 1], row);
    const isBefore = isNext(row, rows[at + 1]);
    return [{ row, before: isAfter ? (rows[at - 1] ?? null) : null, after: isBefore ? (rows[at + 1] ?? null) : null }];
  });
}

/** Rows between which others were folded away are no neighbours; without numbers nothing is known to be folded. */
function isNext(left: TurnRow | undefined, right: TurnRow | undefined): boolean {
  if (left === undefined || right === undefined) return false;
  return left.turn === null || right.turn === null || right.turn === left.turn + 1;
}

/** A run's turns that can show a trait, and those of them that do; null where the trace cannot tell. */
export function countTurns(
  trait: TurnTrait,
  facts: SummaryFacts,
): { readonly shown: readonly (number | null)[]; readonly turns: number } | null {
  if (trait.needsOrder && facts.coverage["order"] === "not_recorded") return null;
  const open = turnsOf(facts).filter(trait.isOpen);
  return open.length === 0
    ? null
    : { shown: open.filter(trait.isShown).map(({ row }) => row.turn), turns: open.length };
}
