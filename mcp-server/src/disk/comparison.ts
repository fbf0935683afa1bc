import { join } from "node:path";
import { compareAfterwards, spanOf, tellInstructionChanges } from "../audit/compare/beside.ts";
import { compareRuns } from "../audit/compare/criteria.ts";
import { decideEvidence, judgeEvidence } from "../audit/compare/evidence-criteria.ts";
import { toRun, type Run } from "../audit/compare/run.ts";
import { toPrevious } from "../audit/compare/previous.ts";
import { findRegressions } from "../audit/compare/regressions.ts";
import { renderComparison, toRunComparison, type Comparison, type RunComparison } from "../audit/compare/render.ts";
import { parseLeftContents } from "../audit/layout/approvals-log.ts";
import { APPROVALS_PATH } from "../audit/layout/places.ts";
import type { KeptPlan } from "../audit/plan/kept-plan.ts";
import { traceIdsOf } from "../audit/plan/plan.ts";
import type { Environment } from "../config.ts";
import { readInstructionChanges, type Span } from "../repository/instruction-changes.ts";
import { tryRead } from "./files.ts";
import { readKeptPlans } from "./kept-plans.ts";
import { readFacts } from "./summaries.ts";

/** A comparison, and what it was made of. */
type Compared = {
  readonly comparison: Comparison;
  readonly audits: readonly KeptPlan[];
  readonly earlier: readonly Run[];
  readonly later: readonly Run[];
};

/**
 * Compares the runs of these traces, by their summaries below docs/audit/summaries, with those of the audit before.
 * Null when there is no earlier audit, or nothing of it is comparable and no pattern is back. Never throws: what cannot
 * be read, or is a link, is left out.
 */
function compareTraces(projectFolder: string, traceIds: readonly string[]): Compared | null {
  const audits = readKeptPlans(projectFolder);
  const previous = toPrevious(audits, traceIds);
  if (previous === null) return null;
  const [then = [], now = []] = [traceIdsOf(previous.plan), traceIds].map((ids) =>
    readFacts(projectFolder, ids).filter((facts) => facts !== null),
  );
  const judged = judgeEvidence(previous.plan.block?.criteria ?? [], then, now);
  const otherClaims = judged.filter(({ isClaim }) => isClaim).length;
  const [before, runs] = [then.map(toRun), now.map(toRun)];
  const compared = compareRuns(before, runs, { isPlanned: true, otherClaims });
  const isConfounded = (compared?.differs.length ?? 0) > 0;
  const evidence = decideEvidence(judged, isConfounded ? null : (compared?.claims ?? 0));
  const regressions = findRegressions(audits, runs);
  if (compared === null && regressions.length === 0 && otherClaims === 0) return null;
  const comparison = { audit: previous.file, compared, regressions, evidence };
  return { comparison, audits, earlier: before, later: runs };
}

/** The comparison of one run, as `write_summary` answers it, or null. */
export function compareTrace(projectFolder: string, traceId: string): RunComparison | null {
  const compared = compareTraces(projectFolder, [traceId]);
  return compared === null ? null : toRunComparison(compared.comparison);
}

/**
 * What `## Comparison with Previous Audits` of a plan about these traces has to say, line by line; none without one. git is
 * found by `env`, and asked which instructions changed between the runs.
 */
export function toComparisonLines(
  projectFolder: string,
  traceIds: readonly string[],
  env: Environment,
): readonly string[] {
  const compared = compareTraces(projectFolder, traceIds);
  if (compared === null) return [];
  const { comparison, audits, earlier, later } = compared;
  const span = spanOf([...earlier, ...later]);
  const beside = [
    span === null ? null : tellInstructionChanges(audits, span, changedByOthers(projectFolder, env, span)),
    compareAfterwards(earlier, later),
  ];
  return renderComparison(
    comparison,
    beside.filter((line) => line !== null),
  );
}

/** Prompt files that commits of a span gave something else than a `/plop` left. */
function changedByOthers(projectFolder: string, env: Environment, span: Span): readonly string[] {
  const left = parseLeftContents(tryRead(join(projectFolder, APPROVALS_PATH))?.text ?? "");
  const isByPlop = (content: string | null): boolean => content !== null && left.has(content);
  const changes = readInstructionChanges(projectFolder, env, span) ?? [];
  return changes.filter(({ contents }) => !contents.every(isByPlop)).map(({ file }) => file);
}
