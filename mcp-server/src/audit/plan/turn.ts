import type { TurnRow } from "../evidence/rows.ts";
import type { SummaryFacts } from "../evidence/summary-facts.ts";

/** How a step begins that changes files. */
export const EDIT = /^(?:edit|write) /u;

/** A row with the rows of the turns before and after it; null where these are not shown. */
export type Turn = { readonly row: TurnRow; readonly before: TurnRow | null; readonly after: TurnRow | null };

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

/** The files that steps changed, as they are shown, and whether these are all: a step that has no room only counts some. */
export function filesOf(did: readonly string[]): { readonly names: readonly string[]; readonly isWhole: boolean } {
  const all = did
    .filter((step) => EDIT.test(step))
    .flatMap((step) =>
      step
        .replace(EDIT, "")
        .replace(/ \([^)]*\)/gu, "")
        .split(", "),
    )
    .map((name) => name.replace(/ ×\d+$/u, ""));
  const names = [...new Set(all)].filter((name) => !/^\+\d+$/u.test(name) && name !== "");
  return {
    names,
    isWhole: all.every((name) => !/^\+\d+$/u.test(name)) && !did.some((step) => /^… .*\bedit\b/u.test(step)),
  };
}

/** A table that has no room names a file by the end that no other file of it has. */
export function isSameFile(left: string, right: string): boolean {
  const [a, b] = [left.replace(/^…\//u, ""), right.replace(/^…\//u, "")];
  return a === b || a.endsWith(`/${b}`) || b.endsWith(`/${a}`);
}
