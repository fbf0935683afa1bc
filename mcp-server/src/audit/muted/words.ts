import type { SummaryFacts } from "../evidence/summary-facts.ts";
import { MARKS_PATH } from "../layout/places.ts";
import type { Muted } from "./muted.ts";

/** A verdict with its reason: `not wanted: our notes are read on purpose`. */
export function describe({ verdict, reason }: Muted): string {
  return reason === null ? verdict : `${verdict}: ${reason}`;
}

/** What `prompt-engineer` is told of the muted patterns and kinds before it answers; null when there are none. */
export function briefMuted(muted: ReadonlyMap<string, Muted>): string | null {
  if (muted.size === 0) return null;
  const lines = [...muted.values()].map((one) => `- ${one.name} (${describe(one)})`);
  return `A human muted these patterns and kinds of issues in ${MARKS_PATH}. Report no issue of such a kind, and cite no such pattern:\n\n${lines.join("\n")}`;
}

/**
 * What the human is told of muted patterns that the audited runs show, with the reason of each; null when they show none.
 * Kinds are not in a summary, so nobody can tell which issues were left out for them.
 */
export function explainLeftOut(muted: ReadonlyMap<string, Muted>, facts: readonly SummaryFacts[]): string | null {
  const shown = [...new Set(facts.flatMap(({ notable_patterns }) => notable_patterns))];
  const left = shown.flatMap((id) => muted.get(id) ?? []).map((one) => `${one.name} (${describe(one)})`);
  return left.length === 0 ? null : `Left out, as ${MARKS_PATH} says: ${left.join(", ")}.`;
}
