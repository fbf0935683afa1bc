import { truncate } from "../values/names.ts";
import type { TurnRow } from "./row.ts";

/** A row with its number in the session, from 1; null where that is not known. */
export type NumberedRow = TurnRow & {
  readonly turn: number | null;
  /** Only the human's words are shown: it is the turn before the audited one, or the turn after. */
  readonly isBeside?: boolean;
};
/** The rows that are shown, in their order, and how many were left out. */
export type Table = { readonly turns: readonly NumberedRow[]; readonly folded: number };

/** As many rows as a summary shows at most. */
export const MAX_TURNS = 40;

/** What is given up, step by step: the least telling steps of long rows first, then words of the human, then whole rows. */
const STEPS = [
  { steps: 20, words: 200, step: 240, rows: MAX_TURNS },
  { steps: 14, words: 200, step: 200, rows: MAX_TURNS },
  { steps: 10, words: 200, step: 160, rows: MAX_TURNS },
  { steps: 8, words: 160, step: 120, rows: MAX_TURNS },
  { steps: 6, words: 120, step: 100, rows: 34 },
  { steps: 5, words: 100, step: 80, rows: 28 },
  { steps: 4, words: 80, step: 70, rows: 22 },
  { steps: 3, words: 70, step: 60, rows: 16 },
  { steps: 2, words: 60, step: 50, rows: 10 },
  { steps: 1, words: 40, step: 40, rows: 4 },
] as const;

/** How often a table can be shortened: levels from 0, which keeps most, up to this. */
export const LAST_LEVEL = STEPS.length - 1;

/** The rows as they are shown at a level. */
export function toTable(rows: readonly NumberedRow[], level: number): Table {
  const step = STEPS[Math.min(level, LAST_LEVEL)] ?? STEPS[0];
  const kept = keep(rows, step.rows);
  return { turns: kept.map((row) => shorten(row, step)), folded: rows.length - kept.length };
}

/** Leaves the least telling rows out, of equal ones the later: those without work between others without it come first. */
function keep(rows: readonly NumberedRow[], max: number): readonly NumberedRow[] {
  if (rows.length <= max) return rows;
  const weights = rows.map((row, at) => toWeight(row, rows[at - 1], rows[at + 1]));
  const order = [...rows.keys()].toSorted(
    (left, right) => (weights[right] ?? 0) - (weights[left] ?? 0) || left - right,
  );
  const kept = new Set(order.slice(0, max));
  return rows.filter((_row, at) => kept.has(at));
}

function toWeight(row: NumberedRow, before: NumberedRow | undefined, after: NumberedRow | undefined): number {
  if (row.refused.length > 0 || row.end === "interrupted" || row.end === "api_error") return 100;
  const open =
    row.unchecked.length + row.git.length + row.openTasks + row.did.filter((step) => step.includes("FAILED")).length;
  if (row.did.length > 0) return 10 + open * 5 + Math.min(row.did.length, 9);
  // The first prompt is the goal, and what a human says after work is the verdict on it.
  if (before === undefined || before.did.length > 0) return 8;
  return after !== undefined && after.did.length > 0 ? 4 : 1;
}

function shorten(row: NumberedRow, { steps, words, step }: (typeof STEPS)[number]): NumberedRow {
  return {
    ...row,
    human: row.human === null ? null : cutWords(row.human, words),
    did: cutSteps(row.did, steps).map((one) => truncate(one, step)),
    unchecked: cutList(row.unchecked, steps),
    git: row.git.slice(0, 3).map((one) => truncate(one, step)),
    refused: row.refused.slice(0, Math.max(1, steps / 2)).map((one) => truncate(one, step)),
  };
}

/** Head and tail, because an order often stands at the end. */
function cutWords(words: string, max: number): string {
  if (words.length <= max) return words;
  const head = Math.floor(max * 0.6);
  return `${truncate(words, head)} ${words
    .slice(-(max - head - 1))
    .replace(/^(?:\S*\s|[\uDC00-\uDFFF])/u, "")
    .trim()}`;
}

/** Looking around goes first, then what was run; checks, commits and what failed stay longest, of equals the later. */
function cutSteps(steps: readonly string[], max: number): readonly string[] {
  if (steps.length <= max) return steps;
  const told = steps.map(tells);
  const kept = new Set(
    [...steps.keys()]
      .toSorted((left, right) => (told[right] ?? 0) - (told[left] ?? 0) || right - left)
      .slice(0, max - 1),
  );
  return [...steps.filter((_step, at) => kept.has(at)), `… ${steps.length - kept.size} more steps`];
}

function tells(step: string): number {
  if (/\bFAILED\b|\bfailed\b|^REFUSED\b/u.test(step)) return 5;
  if (/^(?:test|lint|build|git|gh) /u.test(step)) return 4;
  if (/^(?:edit|write) /u.test(step)) return 3;
  return /^(?:explore|wait|format)\b/u.test(step) ? 1 : 2;
}

function cutList(names: readonly string[], max: number): readonly string[] {
  return names.length <= max ? names : [...names.slice(0, max), `+${names.length - max}`];
}
