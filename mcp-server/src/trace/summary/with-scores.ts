import { toGrades, type Graded } from "../run/graded.ts";
import { createWarnings } from "../values/warnings.ts";
import type { Summary } from "./schema.ts";

/** The summary with the scores that its trace or session has; the decisive one is its outcome. */
export function withScores(summary: Summary, graded: Graded): Summary {
  const { shown, verdict, isUnclear } = toGrades(graded);
  const warnings = createWarnings(summary.warnings);
  warnings.add("scores_not_read", graded.scores === null ? 1 : 0);
  warnings.add("outcome_score_is_no_verdict", isUnclear ? 1 : 0);
  const scored = {
    ...summary,
    scores: [...shown],
    warnings: warnings
      .list()
      .slice(0, 50)
      .map((one) => ({ ...one })),
  };
  if (verdict === null) return scored;
  return {
    ...scored,
    outcome: verdict,
    outcome_basis: `score:${shown[0]?.name ?? ""}`,
    metrics: { ...summary.metrics, success: verdict === "unknown" ? null : verdict === "success" },
  };
}
