import type { Issue } from "../answers/prompt-engineer.ts";
import type { SummaryFacts } from "../evidence/summary-facts.ts";
import { AUDITED, CRITERIA, NOT_RECORDED } from "./wording.ts";

/** What a criterion measures in one summary. */
export type Measure = { readonly kind: "metric"; readonly name: string };
/** A line of a plan's acceptance criteria. `audited` is what it says of the audited runs, as written. */
export type Criterion = { readonly measure: Measure; readonly audited: string };

/** The acceptance criteria of a plan, without their dashes. */
export function toCriteria(_issues: readonly Issue[], facts: readonly SummaryFacts[]): readonly string[] {
  return CRITERIA.map(
    ({ text, metric }) =>
      `${text}${AUDITED}${facts.map(({ metrics }) => String(metrics[metric] ?? NOT_RECORDED)).join(", ")}.`,
  );
}

/** Reads a line of acceptance criteria without its dash; null when it is none of ours. */
export function parseCriterion(line: string): Criterion | null {
  const found = CRITERIA.find(({ text }) => line.startsWith(text + AUDITED));
  return found === undefined
    ? null
    : { measure: { kind: "metric", name: found.metric }, audited: line.slice((found.text + AUDITED).length, -1) };
}

/** What one summary shows of it; null where it cannot tell. */
export function decideOf({ measure }: Criterion, { metrics }: SummaryFacts): boolean | number | null {
  return metrics[measure.name] ?? null;
}
