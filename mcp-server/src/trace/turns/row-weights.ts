import { statesFault } from "../values/objection.ts";
import type { Cut, NumberedRow, TableDraft } from "./draft.ts";

/** So many rows are never folded away, however little room there is. */
const MIN_TURNS = 4;

/** The most telling rows in their order, of equal ones the earlier: those without work between others without it go first. */
export function pickRows(rows: readonly NumberedRow[], max: number): readonly NumberedRow[] {
  if (rows.length <= max) return rows;
  const kept = new Set(byWeight(rows).slice(0, max));
  return rows.filter((_row, at) => kept.has(at));
}

/** Leaving out whole rows, one after the other. */
export function cutsOfRows(rows: readonly NumberedRow[]): readonly Cut<TableDraft>[] {
  const order = byWeight(rows);
  return order.slice(MIN_TURNS).map((at) => ({
    loss: lossOf(toWeight(rows, at)),
    apply: ({ rows: drafts }) => {
      const draft = drafts[at];
      if (draft !== undefined) draft.isShown = false;
    },
  }));
}

/** The places of rows, the most telling first, of equal ones the earlier. */
function byWeight(rows: readonly NumberedRow[]): readonly number[] {
  const weights = rows.map((_row, at) => toWeight(rows, at));
  return [...rows.keys()].toSorted((left, right) => (weights[right] ?? 0) - (weights[left] ?? 0) || left - right);
}

const ALONE = 1;
const BEFORE_WORK = 4;
const LOOKED = 6;
const VERDICT = 8;
const WORK = 10;
const STOPPED = 100;

function toWeight(rows: readonly NumberedRow[], at: number): number {
  const [before, row, after] = [rows[at - 1], rows[at], rows[at + 1]];
  if (row === undefined) return 0;
  // The first prompt is the goal.
  if (before === undefined || isStopped(row)) return STOPPED;
  const failed = row.did.filter(({ text }) => text.includes("FAILED")).length;
  const open = row.unchecked.length + row.git.length + row.openTasks + failed;
  if (row.did.length > 0 && open === 0 && row.did.every(({ word }) => word === "explore")) return LOOKED;
  if (row.did.length > 0) return WORK + open * 5 + Math.min(row.did.length, 9);

  // What a human says after work is the verdict on it.
  if (before.did.length > 0) return VERDICT;
  return after !== undefined && after.did.length > 0 ? BEFORE_WORK : ALONE;
}

/** What leaving a row out loses, on the scale of row-cuts.ts: a turn with work goes when little else of it is left. */
function lossOf(weight: number): number {
  if (weight <= ALONE) return 40;
  if (weight <= BEFORE_WORK) return 57;
  if (weight <= LOOKED) return 70;
  if (weight <= VERDICT) return 79;
  return weight >= STOPPED ? 97 : Math.min(96, 86 + (weight - WORK) / 10);
}

/**
 * How much more a row tells than another, as a factor: a turn that the human finds fault with, and the prompt that says so, are
 * what a diagnosis is made of.
 */
export function toFactor(rows: readonly NumberedRow[], at: number): number {
  const [row, after] = [rows[at], rows[at + 1]];
  if (row === undefined) return 1;
  const isFaulted = at > 0 && statesFault(row.human) === true;
  const isFaultedNext = after !== undefined && statesFault(after.human) === true;
  return isStopped(row) || isFaultedNext ? 1.3 : isFaulted ? 1.15 : 1;
}

function isStopped({ refused, end }: NumberedRow): boolean {
  return refused.length > 0 || end === "interrupted" || end === "api_error";
}
