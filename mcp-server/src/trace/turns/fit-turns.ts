import { truncate } from "../values/names.ts";
import { createNames, toShortNames, NAMINGS, type NamePath, type ShortNames } from "./name-paths.ts";
import type { Cut, NumberedRow, RowDraft, TableDraft } from "./draft.ts";
import { cutList, pathsIn, showMarked } from "./show-path.ts";
import { MAX_NAMES } from "./step.ts";
import { GONE, showSteps } from "./show-steps.ts";
import { cutsOfRow } from "./row-cuts.ts";
import { cutsOfRows, pickRows, toFactor } from "./row-weights.ts";
import { weigh, type StepWorth } from "./step-worth.ts";

/** A row as it is shown. */
export type ShownRow = Omit<NumberedRow, "did"> & { readonly did: readonly string[] };
/** The rows that are shown, in their order, and how many were left out. */
export type ShownTable = { readonly turns: readonly ShownRow[]; readonly folded: number };

/** As many rows as a summary shows at most, and as many steps in all of them: the shortest ones fill it. */
export const MAX_TURNS = 40;
export const MAX_STEPS = 600;

/**
 * A table of which parts can be given up. A draft is of `begin`, and is changed by cuts; in which order makes no difference.
 * `copy`: a cut applied to one is not applied to the other.
 */
export type Table = {
  readonly begin: () => TableDraft;
  readonly copy: (draft: TableDraft) => TableDraft;
  readonly cuts: readonly Cut<TableDraft>[];
  readonly show: (draft: TableDraft) => ShownTable;
};

/** The table of these rows: the most telling ones and their most telling steps, as many as a summary has room for. */
export function toTable(all: readonly NumberedRow[]): Table {
  const rows = pickRows(all, MAX_TURNS);
  const worths = rows.map((row, at) => weigh(row.did, toFactor(rows, at)));
  const names = pickSteps(worths);
  const shorts = toShortNames(rows.flatMap((row, at) => textsOf(row, names[at] ?? [])).flatMap(pathsIn));
  const cuts = rows.flatMap((_row, at) =>
    cutsOfRow(rows, at, worths[at] ?? [], names[at] ?? []).map(({ loss, apply }) => ({
      loss,
      apply: (draft: TableDraft): void => {
        const own = draft.rows[at];
        if (own !== undefined) apply(own);
      },
    })),
  );
  return {
    begin: () => ({ naming: 0, rows: names.map((own) => ({ ...WHOLE, names: own.slice() })) }),
    copy: (draft) => ({ ...draft, rows: draft.rows.map((row) => ({ ...row, names: row.names.slice() })) }),
    cuts: [
      { loss: 0, apply: (draft) => void (draft.naming = Math.max(draft.naming, 1)) },
      { loss: 20, apply: (draft) => void (draft.naming = 2) },
      ...cutsOfRows(rows),
      ...cuts,
    ],
    show: (draft) => showTable(rows, draft, shorts, all.length),
  };
}

const WHOLE = { isShown: true, words: 200, unchecked: 25, notes: 240, refused: 10 };

/** How many names each step of each row begins with; of too many steps those that tell least are left out at once. */
function pickSteps(worths: readonly (readonly StepWorth[])[]): readonly (readonly number[])[] {
  const losses = worths
    .flat()
    .map(({ loss }) => loss)
    .toSorted((left, right) => right - left);
  const least = losses[MAX_STEPS - 1] ?? -Infinity;
  let room = MAX_STEPS - losses.filter((loss) => loss > least).length;
  return worths.map((row) =>
    row.map(({ loss }) => {
      if (loss === least) room -= 1;
      return loss > least || (loss === least && room >= 0) ? MAX_NAMES : GONE;
    }),
  );
}

function textsOf({ did, unchecked, git, refused }: NumberedRow, names: readonly number[]): readonly string[] {
  const shown = did.filter((_step, at) => names[at] !== GONE);
  return [
    ...shown.flatMap((step) => [step.text, ...step.names.map(({ name }) => name)]),
    ...unchecked,
    ...git,
    ...refused,
  ];
}

function showTable(rows: readonly NumberedRow[], draft: TableDraft, shorts: ShortNames, all: number): ShownTable {
  const name = createNames(NAMINGS[draft.naming] ?? "short", shorts);
  const turns = rows.flatMap((row, at) => {
    const own = draft.rows[at];
    return own === undefined || !own.isShown ? [] : [showRow(row, own, name)];
  });
  return { turns, folded: all - turns.length };
}

function showRow(row: NumberedRow, draft: RowDraft, name: NamePath): ShownRow {
  const named = (text: string): string => showMarked(text, (path) => name(path, /^(?:edit|write) /u.test(text)));
  const show = (text: string): string => truncate(named(text), draft.notes);
  return {
    ...row,
    human: row.human === null ? null : cutWords(row.human, draft.words),
    did: showSteps(row.did, draft.names).map((text) => truncate(named(text), MAX_STEP)),
    unchecked: cutList(row.unchecked, draft.unchecked).map(named),
    git: row.git.slice(0, 3).map(show),
    refused: row.refused.slice(0, draft.refused).map(show),
  };
}

/** A step is no longer than this. */
const MAX_STEP = 400;

/** Head and tail, because an order often stands at the end. */
function cutWords(words: string, max: number): string {
  if (words.length <= max) return words;
  const head = Math.floor(max * 0.6);
  return `${truncate(words, head)} ${words
    .slice(-(max - head - 1))
    .replace(/^(?:\S*\s|[\uDC00-\uDFFF])/u, "")
    .trim()}`;
}
