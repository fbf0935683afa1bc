import type { TurnRow } from "./row.ts";

/** A row with its number in the session, from 1; null where that is not known. */
export type NumberedRow = TurnRow & {
  readonly turn: number | null;
  /** Only the human's words are shown: it is the turn before the audited one, or the turn after. */
  readonly isBeside?: boolean;
};

/** How much of a row is shown. */
export type RowDraft = {
  isShown: boolean;
  /** Characters of the human's words. */
  words: number;
  /** Names of each step, or what becomes of it, see show-steps.ts. */
  readonly names: number[];
  /** Files. */
  unchecked: number;
  /** Characters of what is said of git, and of each refused call. */
  notes: number;
  /** Refused calls. */
  refused: number;
};

/** How much of a table is shown; `naming` is a place in NAMINGS, see name-paths.ts. */
export type TableDraft = { naming: number; readonly rows: readonly RowDraft[] };

/** Something that can be given up, and how much a reader loses by it, from 0 to 100: the least is given up first. */
export type Cut<Draft> = { readonly loss: number; readonly apply: (draft: Draft) => void };
