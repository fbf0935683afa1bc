import type { SummaryFacts } from "../evidence/summary-facts.ts";
import type { Mark } from "../layout/marks.ts";
import { MARKS_PATH } from "../layout/places.ts";

type Marks = ReadonlyMap<string, Mark>;

/** A verdict with its reason: `not wanted: our notes are read on purpose`. */
export function describe({ verdict, reason }: Mark): string {
  return reason === null ? verdict : `${verdict}: ${reason}`;
}

/** What `prompt-engineer` is told of the marks before it answers; null when there are none. */
export function briefMarks(marks: Marks): string | null {
  if (marks.size === 0) return null;
  const lines = [...marks].map(([name, mark]) => `- ${name} (${describe(mark)})`);
  return `A human marked these patterns and kinds of issues in ${MARKS_PATH}. Cite no such pattern, and report no issue of such a kind unless it shows in more runs or turns than before:\n\n${lines.join("\n")}`;
}

/**
 * What the human is told of marked patterns that the audited runs show, with the reason of each; null when they show none.
 * Kinds are not in a summary, so nobody can tell which issues were left out for them.
 */
export function explainLeftOut(marks: Marks, facts: readonly SummaryFacts[]): string | null {
  const shown = [...new Set(facts.flatMap(({ notable_patterns }) => notable_patterns))];
  const left = shown.flatMap((id) => {
    const mark = marks.get(id);
    return mark === undefined ? [] : [`${id} (${describe(mark)})`];
  });
  return left.length === 0 ? null : `Left out, as ${MARKS_PATH} says: ${left.join(", ")}.`;
}
