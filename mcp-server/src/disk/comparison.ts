import { compareRuns } from "../audit/compare/criteria.ts";
import { decideEvidence, judgeEvidence } from "../audit/compare/evidence-criteria.ts";
import { toRun } from "../audit/compare/run.ts";
import { toPrevious } from "../audit/compare/previous.ts";
import { findRegressions } from "../audit/compare/regressions.ts";
import { renderComparison, toRunComparison, type Comparison, type RunComparison } from "../audit/compare/render.ts";
import { traceIdsOf } from "../audit/plan/plan.ts";
import { readKeptPlans } from "./kept-plans.ts";
import { readFacts } from "./summaries.ts";

/**
 * Compares the runs of these traces, by their summaries below docs/audit/summaries, with those of the audit before.
 * Null when there is no earlier audit, or nothing of it is comparable and no pattern is back. Never throws: what cannot
 * be read, or is a link, is left out.
 */
function compareTraces(projectFolder: string, traceIds: readonly string[]): Comparison | null {
  const audits = readKeptPlans(projectFolder);
  const previous = toPrevious(audits, traceIds);
  if (previous === null) return null;
  const [then = [], now = []] = [traceIdsOf(previous.plan), traceIds].map((ids) =>
    readFacts(projectFolder, ids).filter((facts) => facts !== null),
  );
  const judged = judgeEvidence(previous.plan.block?.criteria ?? [], then, now);
  const otherClaims = judged.filter(({ isClaim }) => isClaim).length;
  const runs = now.map(toRun);
  const compared = compareRuns(then.map(toRun), runs, { isPlanned: true, otherClaims });
  const isConfounded = (compared?.differs.length ?? 0) > 0;
  const evidence = decideEvidence(judged, isConfounded ? null : (compared?.claims ?? 0));
  const regressions = findRegressions(audits, runs);
  return compared === null && regressions.length === 0 && otherClaims === 0
    ? null
    : { audit: previous.file, compared, regressions, evidence };
}

/** The comparison of one run, as `write_summary` answers it, or null. */
export function compareTrace(projectFolder: string, traceId: string): RunComparison | null {
  const comparison = compareTraces(projectFolder, [traceId]);
  return comparison === null ? null : toRunComparison(comparison);
}

/** What `## Comparison with Previous Audits` of a plan about these traces has to say, line by line; none without one. */
export function toComparisonLines(projectFolder: string, traceIds: readonly string[]): readonly string[] {
  return renderComparison(compareTraces(projectFolder, traceIds));
}
