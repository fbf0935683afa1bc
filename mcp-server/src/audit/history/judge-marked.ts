import type { Diagnosis } from "../answers/prompt-engineer.ts";
import { countEvidence, type SummaryFacts } from "../evidence/summary-facts.ts";
import type { Mark } from "../layout/marks.ts";
import { MARKS_PATH } from "../layout/places.ts";
import { describe } from "./left-out.ts";
import type { Symptom } from "./symptoms.ts";

/**
 * The issues that a human does not want again, as reasons to send back: they cite a marked pattern, or their kind is marked, and
 * they show in no more runs, or rows of the table, than they did when they were marked.
 */
export function judgeMarked(
  { issues }: Diagnosis,
  facts: readonly SummaryFacts[],
  marks: ReadonlyMap<string, Mark>,
  symptoms: readonly Symptom[],
): readonly string[] {
  return issues.flatMap(({ kind, evidence }, at) => {
    const cited = evidence.flatMap((name) => {
      const mark = marks.get(name);
      if (mark === undefined) return [];
      return [
        `issues[${at}] cites ${name}, which a human marked in ${MARKS_PATH} (${describe(mark)}). Leave the issue out, or rest it on other evidence alone.`,
      ];
    });
    const known = symptoms.find((symptom) => symptom.kind === kind);
    if (known?.mark == null) return cited;
    const runs = Math.max(...evidence.map((name) => countEvidence(name, facts)), 0);
    const rows = new Set(evidence.filter((name) => name.startsWith("turn:"))).size;
    if (Math.max(runs, rows) > known.extent) return cited;
    return [
      ...cited,
      `issues[${at}] is of the kind ${kind}, which a human marked in ${MARKS_PATH} (${describe(known.mark)}), and it shows in no more runs or turns than it did then. Leave it out.`,
    ];
  });
}
