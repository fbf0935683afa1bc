import type { Cut, NumberedRow, RowDraft } from "./draft.ts";
import { toFactor } from "./row-weights.ts";
import { GONE } from "./show-steps.ts";
import type { Step } from "./step.ts";

/**
 * What a reader loses by a cut, from 0 to 100. Readers of tables named what they used and what they missed, see
 * docs/evaluation.md: names of looks were used least; failures, refusals, verdicts of checks, git and the human's words most.
 */
const WORDS: readonly (readonly [loss: number, characters: number])[] = [
  [50, 160],
  [62, 120],
  [78, 80],
  [90, 60],
  [95, 40],
];
const UNCHECKED: readonly (readonly [loss: number, files: number])[] = [
  [10, 8],
  [24, 3],
  [45, 1],
];
/** A turn that leaves the same files unchecked as the turn before adds little. */
const UNCHECKED_AGAIN: readonly (readonly [loss: number, files: number])[] = [[6, 1]];
const REFUSED: readonly (readonly [loss: number, calls: number])[] = [
  [50, 5],
  [75, 2],
  [92, 1],
];
const NOTES: readonly (readonly [loss: number, characters: number])[] = [
  [62, 120],
  [91, 40],
];

/** What can be given up of a row; `at` is its place among all. */
export function cutsOfRow(row: NumberedRow, rows: readonly NumberedRow[], at: number): readonly Cut<RowDraft>[] {
  const factor = toFactor(rows, at);
  const isAgain = row.unchecked.length > 0 && row.unchecked.join() === rows[at - 1]?.unchecked.join();
  const cuts: Cut<RowDraft>[] = [];
  const add = (loss: number, apply: (draft: RowDraft) => void): void => void cuts.push({ loss, apply });
  if (row.human !== null)
    for (const [loss, max] of WORDS)
      if (row.human.length > max) add(loss * soft(factor), (draft) => void (draft.words = Math.min(draft.words, max)));
  for (const [loss, max] of isAgain ? UNCHECKED_AGAIN : UNCHECKED)
    if (row.unchecked.length > max)
      add(loss * factor, (draft) => void (draft.unchecked = Math.min(draft.unchecked, max)));
  for (const [loss, max] of REFUSED)
    if (row.refused.length > max) add(loss, (draft) => void (draft.refused = Math.min(draft.refused, max)));
  if (row.git.length + row.refused.length > 0)
    for (const [loss, max] of NOTES) add(loss, (draft) => void (draft.notes = Math.min(draft.notes, max)));
  // Where one turn is audited, its end is what the audit is about.
  const isOnly = rows.every(({ did }, place) => place === at || did.length === 0);
  return [...cuts, ...cutsOfSteps(row.did, factor, isOnly)];
}

/** The upper end of the scale is for what all rows need. */
function soft(factor: number): number {
  return 1 + (factor - 1) / 8;
}

/** What a step tells: its names down to so many, and that it happened at all. */
type Worth = { readonly names: readonly (readonly [loss: number, names: number])[]; readonly whole: number };

const NONE: Worth["names"] = [];
const LOOKS: Worth = {
  names: [
    [2, 6],
    [4, 4],
    [7, 2],
    [10, 0],
  ],
  whole: 12,
};
const LOOKS_IN_VAIN: Worth = {
  names: [
    [3, 6],
    [12, 4],
    [20, 2],
    [28, 0],
  ],
  whole: 30,
};
const EDITS: Worth = {
  names: [
    [14, 6],
    [22, 4],
    [30, 2],
    [36, 1],
  ],
  whole: 44,
};
const RUNS: Worth = {
  names: [
    [5, 6],
    [11, 3],
    [18, 1],
  ],
  whole: 26,
};

function toWorth({ word, text, names }: Step): Worth {
  const has = (form: RegExp): boolean => form.test(text) || names.some(({ name }) => form.test(name));
  const isFailed = has(/\bFAILED\b|\(failed|\d failed/u);
  switch (word) {
    case "explore":
      return has(/\bmissing |\bnothing found\b/u) ? LOOKS_IN_VAIN : LOOKS;
    case "edit":
    case "write":
      return isFailed ? { ...EDITS, whole: 50 } : EDITS;
    case "run":
      return isFailed ? { names: RUNS.names.map(([loss, max]) => [loss + 16, max]), whole: 50 } : RUNS;
    case "wait":
    case "format":
      return { names: NONE, whole: isFailed ? 30 : 9 };
    case "refused":
      return { names: NONE, whole: 66 };
    case "test":
    case "lint":
    case "build":
      return { names: NONE, whole: isFailed ? 74 : word === "test" ? 54 : 49 };
    case "git":
      return {
        names: NONE,
        whole: isFailed ? 66 : /^git (?:commit|push|reset|revert|checkout|restore)/u.test(text) ? 56 : 22,
      };
    case "gh":
      return { names: NONE, whole: isFailed ? 66 : 50 };
    default:
      return { names: NONE, whole: isFailed ? 56 : 40 };
  }
}

/** A check may be shown without its name where the one before it is the same. */
const AGAIN: Worth["names"] = [[13, 0]];
/** Looks between two edits: these become one step when the looks are left out. */
const BETWEEN_EDITS = 8;

function isEdit(step: Step | undefined): boolean {
  return step?.word === "edit" || step?.word === "write";
}

/** In a long row one of many alike steps tells less than one of a few. */
function crowded(fromStart: number, fromEnd: number): number {
  return 0.3 + 0.7 / (1 + Math.min(2 * fromStart, fromEnd) / 6);
}

/** The last edit, check and commit of a turn say how it was left. */
const LAST = 90;
/** No other step tells more than this, so that the human's words and rows with little in them go next. */
const MOST = 84;
const TOLD_LAST: ReadonlySet<string> = new Set(["edit", "check", "commit"]);

/** Steps that say the same sort of thing. */
function sortOf({ word, text }: Step): string {
  if (word === "write") return "edit";
  if (word === "test" || word === "lint" || word === "build") return "check";
  return /^git (?:commit|push)/u.test(text) ? "commit" : word;
}

/** How much each step of a row tells: `weight` of what could be said of it, `loss` where it is left out. */
export function weigh(
  steps: readonly Step[],
  factor: number,
): readonly { readonly weight: number; readonly loss: number; readonly isLast: boolean }[] {
  const totals = new Map<string, number>();
  for (const step of steps) totals.set(sortOf(step), (totals.get(sortOf(step)) ?? 0) + 1);
  const seen = new Map<string, number>();
  return steps.map((step) => {
    const sort = sortOf(step);
    const before = seen.get(sort) ?? 0;
    seen.set(sort, before + 1);
    const after = (totals.get(sort) ?? 0) - before - 1;
    const weight = factor * crowded(before, after);
    const isLast = after === 0 && TOLD_LAST.has(sort);
    const loss = Math.min(toWorth(step).whole * weight, MOST);
    return { weight, isLast, loss: isLast ? LAST : loss };
  });
}

function cutsOfSteps(steps: readonly Step[], factor: number, isOnly: boolean): readonly Cut<RowDraft>[] {
  const weights = weigh(steps, factor);
  return steps.flatMap((step, at) => {
    const { weight = 0, loss = 0, isLast = false } = weights[at] ?? {};
    const cut = (cost: number, max: number): Cut<RowDraft> => ({
      loss: cost,
      apply: ({ names }) => void (names[at] = Math.min(names[at] ?? max, max)),
    });
    const { names } = toWorth(step);
    const named = names.filter(([, max]) => step.names.length > max);
    const cuts = [...named, ...(step.again === null ? [] : AGAIN)].map(([cost, max]) => cut(cost * weight, max));
    if (step.word === "order" || (isOnly && isLast)) return cuts;
    if (isBetweenEdits(steps, at)) return [...cuts, cut(Math.min(loss, BETWEEN_EDITS * weight), GONE)];
    // One of several edits with looks between them takes hardly any room.
    const isJoined = isBetweenEdits(steps, at - 1) || isBetweenEdits(steps, at + 1);
    return [...cuts, cut(isJoined ? LAST : loss, GONE)];
  });
}

function isBetweenEdits(steps: readonly Step[], at: number): boolean {
  const [before, step, after] = [steps[at - 1], steps[at], steps[at + 1]];
  return step?.word === "explore" && isEdit(before) && before?.word === after?.word;
}
