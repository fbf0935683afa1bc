import type { Found, Memory } from "../patterns/all.ts";
import type { EarlierTurn } from "../run/earlier-turns.ts";
import { toName, truncate } from "../values/names.ts";
import type { Summary } from "./schema.ts";

type PatternShown = Summary["patterns"][number];

/** What a pattern found, as a summary shows it. */
export function showFound({ id, severity, count, detail, observations }: Found): PatternShown {
  const rows = observations.slice(0, 5).map((row) => toName(row));
  return { id, severity, count, detail: truncate(detail, 240), observations: rows };
}

/** A turn, as far as patterns that need its session know it. */
type Turn = { readonly digest: EarlierTurn | null; readonly memories: readonly Memory[]; readonly isHuman: boolean };

/**
 * What the patterns find that the earlier turns of the session decide: a list for each turn, in their order. `isWhole`: no turn of
 * the session is missing.
 */
export function findInSession(turns: readonly Turn[], isWhole: boolean): readonly (readonly PatternShown[])[] {
  const found = turns.map(({ memories }, at) => {
    if (memories.length === 0) return [];
    const earlier = turns.slice(0, at).flatMap(({ digest }) => digest ?? []);
    return memories.flatMap(({ id, goesOn, judge }) => {
      const finding = judge({ turns: earlier, isWhole: isWhole && earlier.length === at });
      return finding === null ? [] : [{ goesOn, shown: showFound({ id, ...finding }) }];
    });
  });
  return found.map((own, at) => {
    const next = turns.findIndex(({ isHuman }, place) => place > at && isHuman);
    const isSaidNext = (id: string): boolean => found[next]?.some(({ shown }) => shown.id === id) === true;
    return own.flatMap(({ goesOn, shown }) => (goesOn && isSaidNext(shown.id) ? [] : [shown]));
  });
}
