import type { Diagnosis } from "../answers/prompt-engineer.ts";
import { countEvidence, type SummaryFacts } from "../evidence/summary-facts.ts";
import { MARKS_PATH } from "../layout/places.ts";
import type { Symptom } from "./symptoms.ts";

/**
 * The issues that a human does not want again, as reasons to send back: their kind is marked, and they show in no more runs,
 * or rows of the table, than they did when they were marked.
 */
export function judgeMarked(
  { issues }: Diagnosis,
  facts: readonly SummaryFacts[],
  symptoms: readonly Symptom[],
): readonly string[] {
  return issues.flatMap(({ kind, evidence }, at) => {
    const known = symptoms.find((symptom) => symptom.kind === kind);
    if (known?.mark == null) return [];
    const runs = Math.max(...evidence.map((name) => countEvidence(name, facts)), 0);
    const rows = new Set(evidence.filter((name) => name.startsWith("turn:"))).size;
    if (Math.max(runs, rows) > known.extent) return [];
    return [
      `issues[${at}] is of the kind ${kind}, which a human marked as "${known.mark.verdict}" in ${MARKS_PATH}, and it shows in no more runs or turns than it did then. Leave it out.`,
    ];
  });
}
