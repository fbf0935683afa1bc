import type { Diagnosis } from "../answers/prompt-engineer.ts";
import type { SummaryFacts } from "../evidence/summary-facts.ts";
import { PLAN_PATH } from "../layout/places.ts";
import { showText } from "./show.ts";
import { renderUnseen } from "./unseen.ts";

/** What the closing words are made of. */
export type ClosingParts = {
  readonly facts: readonly SummaryFacts[];
  readonly diagnosis: Diagnosis;
  /** What fetch_trace passed over, with its reasons. */
  readonly skipped: readonly { readonly trace_id: string; readonly reason: string }[];
  /** The kept plan that holds a plan which lay there unexecuted, relative to the project; null when there was none. */
  readonly replaced: { readonly file: string; readonly isEdited: boolean } | null;
};

/** What the human is told at the end of an audit: at most six lines. */
export function renderClosingWords({ facts, diagnosis, skipped, replaced }: ClosingParts): string {
  const { issues } = diagnosis;
  return [
    `Audited ${facts.map(({ trace_id }) => showText(trace_id)).join(", ")}.`,
    issues.length === 0
      ? `No issue: ${diagnosis.no_issue_reason ?? ""} ${renderUnseen(facts)}`
      : `Found: ${issues.map(({ kind, confidence }) => `${kind} (${confidence})`).join(", ")}.`,
    ...(skipped.length === 0 ? [] : [`Skipped ${skipped.length}.`]),
    ...(replaced === null ? [] : [`The plan that lay there is kept as ${replaced.file}.`]),
    `The plan is at ${PLAN_PATH}.${issues.length === 0 ? "" : " Review it, then type /plop."}`,
  ].join("\n");
}
