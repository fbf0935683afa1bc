import type { Cut, NumberedRow, RowDraft } from "./draft.ts";
import { toFactor } from "./row-weights.ts";
import { GONE } from "./show-steps.ts";
import type { Step } from "./step.ts";
import { isEdit, LAST, type NameCuts, type StepWorth } from "./step-worth.ts";

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

/** What can be given up of the row at a place; `names`: what its steps begin with. */
export function cutsOfRow(
  rows: readonly NumberedRow[],
  at: number,
  worths: readonly StepWorth[],
  names: readonly number[],
): readonly Cut<RowDraft>[] {
  const row = rows[at];
  if (row === undefined) return [];
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
  return [...cuts, ...cutsOfSteps(row.did, worths, names, isOnly)];
}

/** The upper end of the scale is for what all rows need. */
function soft(factor: number): number {
  return 1 + (factor - 1) / 8;
}

/** A check may be shown without its name where the one before it is the same. */
const AGAIN: NameCuts = [[13, 0]];
/** Looks between two edits: these become one step when the looks are left out. */
const BETWEEN_EDITS = 8;

function cutsOfSteps(
  steps: readonly Step[],
  worths: readonly StepWorth[],
  begin: readonly number[],
  isOnly: boolean,
): readonly Cut<RowDraft>[] {
  return steps.flatMap((step, at) => {
    const worth = worths[at];
    if (worth === undefined || begin[at] === GONE) return [];
    const { weight, loss, isLast } = worth;
    const cut = (cost: number, max: number): Cut<RowDraft> => ({
      loss: cost,
      apply: ({ names }) => void (names[at] = Math.min(names[at] ?? max, max)),
    });
    const named = worth.names.filter(([, max]) => step.names.length > max);
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
