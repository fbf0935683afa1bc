import { truncate } from "../values/names.ts";
import { createNames, toShortNames, NAMINGS, type NamePath, type ShortNames } from "./name-paths.ts";
import type { Cut, NumberedRow, RowDraft, TableDraft } from "./draft.ts";
import { cutList, pathsIn, showMarked } from "./show-path.ts";
import { MAX_NAMES } from "./step.ts";
import { GONE, showSteps } from "./show-steps.ts";
import { cutsOfRow, weigh } from "./row-cuts.ts";
import { cutsOfRows, pickRows } from "./row-weights.ts";

/** A row as it is shown. */
export type ShownRow = Omit<NumberedRow, "did"> & { readonly did: readonly string[] };
/** The rows that are shown, in their order, and how many were left out. */
export type ShownTable = { readonly turns: readonly ShownRow[]; readonly folded: number };

/** As many rows as a summary shows at most, and as many steps of a row; between two of these others may be left out. */
export const MAX_TURNS = 40;
export const MAX_STEPS = 240;

/** A table of which parts can be given up. A draft is of `begin`, and is changed by cuts; in which order makes no difference. */
export type Table = {
  readonly begin: () => TableDraft;
  readonly cuts: readonly Cut<TableDraft>[];
  readonly show: (draft: TableDraft) => ShownTable;
};

/** The table of these rows: the most telling ones, as many as a summary has room for. */
export function toTable(all: readonly NumberedRow[]): Table {
  const rows = pickRows(all, MAX_TURNS);
  const shorts = toShortNames(rows.flatMap(textsOf).flatMap(pathsIn));
  const drafts = rows.map(toDraft);
  return {
    begin: () => ({ naming: 0, rows: drafts.map((draft) => ({ ...draft, names: draft.names.slice() })) }),
    cuts: [
      { loss: 0, apply: (draft) => void (draft.naming = Math.max(draft.naming, 1)) },
      { loss: 20, apply: (draft) => void (draft.naming = 2) },
      ...cutsOfRows(rows),
      ...rows.flatMap((row, at) =>
        cutsOfRow(row, rows, at).map(({ loss, apply }) => ({
          loss,
          apply: (draft: TableDraft): void => {
            const own = draft.rows[at];
            if (own !== undefined) apply(own);
          },
        })),
      ),
    ],
    show: (draft) => showTable(rows, draft, shorts, all.length),
  };
}

function textsOf({ did, unchecked, git, refused }: NumberedRow): readonly string[] {
  return [
    ...did.flatMap(({ text, names }) => [text, ...names.map(({ name }) => name)]),
    ...unchecked,
    ...git,
    ...refused,
  ];
}

function toDraft({ did }: NumberedRow): RowDraft {
  const names = did.map(() => MAX_NAMES);
  const losses = did.length <= MAX_STEPS ? [] : weigh(did, 1).map(({ loss }) => loss);
  const order = [...losses.keys()].toSorted(
    (left, right) => (losses[left] ?? 0) - (losses[right] ?? 0) || left - right,
  );
  for (const at of order.slice(0, Math.max(0, did.length - MAX_STEPS))) names[at] = GONE;
  return { isShown: true, words: 200, names, unchecked: 25, notes: 240, refused: 10 };
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
