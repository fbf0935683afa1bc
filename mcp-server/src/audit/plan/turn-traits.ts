import { statesFault } from "../../trace/values/objection.ts";
import type { TurnRow } from "../evidence/rows.ts";
import type { SummaryFacts } from "../evidence/summary-facts.ts";

/** What a turn can show, and of which turns it can be said. */
export type TurnTrait = {
  readonly id: string;
  /** The criterion about it. */
  readonly text: string;
  /** The turns that can show it, in words. */
  readonly of: string;
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
    text: "Fewer turns with a commit or push leave changed files out of it.",
    of: "turns with a commit or push",
    // What is said of a commit outlives the step, which may have no room.
    isOpen: (turn) => has(SAVE)(turn) || turn.row.git.length > 0,
    isShown: ({ row }) => row.git.length > 0,
    needsOrder: true,
  },
  {
    id: "question_edited",
    text: "Fewer turns whose prompt is a question change files.",
    of: "turns whose prompt is a question",
    isOpen: asks,
    isShown: edits,
    needsOrder: false,
  },
  {
    id: "refused",
    text: "Fewer turns have a call refused.",
    of: "turns",
    isOpen: () => true,
    isShown: ({ row }) => row.refused !== null,
    needsOrder: false,
  },
  {
    id: "interrupted",
    text: "Fewer turns are interrupted.",
    of: "turns whose end is known",
    isOpen: ({ row }) => row.end !== null,
    isShown: ({ row }) => row.end === "interrupted",
    needsOrder: false,
  },
  {
    id: "unchecked",
    text: "Fewer turns that change files leave code unchecked.",
    of: "turns that change files",
    isOpen: (turn) => edits(turn) || turn.row.unchecked.length > 0,
    isShown: ({ row }) => row.unchecked.length > 0,
    needsOrder: true,
  },
  {
    id: "failed_last",
    text: "Fewer turns with a check end with one that failed.",
    of: "turns with a check",
    isOpen: has(CHECK),
    isShown: ({ row }) => /\bFAILED\b/u.test(row.did.findLast((step) => CHECK.test(step)) ?? ""),
    needsOrder: true,
  },
  {
    id: "faulted",
    text: "Fewer turns are followed by a prompt that states a fault.",
    of: "turns that a prompt follows",
    isOpen: ({ after }) => after !== null && after.human !== null,
    isShown: ({ after }) => statesFault(after?.human ?? null) === true,
    needsOrder: false,
  },
  {
    id: "hidden",
    text: "Fewer turns with a check hide its exit.",
    of: "turns with a check",
    isOpen: has(CHECK),
    isShown: has(/^(?:test|lint|build|format) .*(?:exit hidden by|in the background)/u),
    needsOrder: false,
  },
  {
    id: "failed_run",
    text: "Fewer turns have a command or check that fails.",
    of: "turns with a command or check",
    isOpen: has(/^(?:test|lint|build|format|run|git|gh) /u),
    isShown: has(/^(?:test|lint|build|format|run|git|gh) .*\b(?:FAILED|failed)\b/u),
    needsOrder: false,
  },
  {
    id: "missing",
    text: "Fewer turns look for what is not there.",
    of: "turns that look for something",
    isOpen: has(/^explore /u),
    isShown: has(/^explore .*(?:\bmissing |\bnothing found\b)/u),
    needsOrder: false,
  },
  {
    id: "edit_failed",
    text: "Fewer turns with an edit have one that fails.",
    of: "turns with an edit",
    isOpen: edits,
    isShown: has(/^(?:edit|write) .*\(failed/u),
    needsOrder: false,
  },
  {
    id: "agents",
    text: "Fewer turns start a subagent.",
    of: "turns",
    isOpen: () => true,
    isShown: has(/^agent /u),
    needsOrder: false,
  },
  {
    id: "rework",
    text: "Fewer turns change a file that the turn before changed.",
    of: "turns that change files after another turn",
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

/** How many of a run's turns show a trait, of how many that could; null where the trace cannot tell. */
export function countTurns(
  trait: TurnTrait,
  facts: SummaryFacts,
): { readonly hits: number; readonly turns: number } | null {
  if (trait.needsOrder && facts.coverage["order"] === "not_recorded") return null;
  const open = turnsOf(facts).filter(trait.isOpen);
  return open.length === 0 ? null : { hits: open.filter(trait.isShown).length, turns: open.length };
}
