import { join } from "node:path";
import { compareAfterwards, spanOf, tellInstructionChanges } from "../audit/compare/beside.ts";
import { compareRuns } from "../audit/compare/criteria.ts";
import { decideEvidence, judgeEvidence } from "../audit/compare/evidence-criteria.ts";
import { toRun, type Run } from "../audit/compare/run.ts";
import { scopeOf, toPrevious } from "../audit/compare/previous.ts";
import { findRegressions } from "../audit/compare/regressions.ts";
import {
  renderComparison,
  sumUp,
  toRunComparison,
  type Comparison,
  type RunComparison,
} from "../audit/compare/render.ts";
import { parseLeftContents } from "../audit/layout/approvals-log.ts";
import { APPROVALS_PATH } from "../audit/layout/places.ts";
import type { SummaryFacts } from "../audit/evidence/summary-facts.ts";
import type { KeptPlan } from "../audit/plan/kept-plan.ts";
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
  const read = (ids: readonly string[]): readonly SummaryFacts[] =>
    readFacts(projectFolder, ids).filter((facts) => facts !== null);
  const previous = toPrevious(audits, traceIds, lastStart(read(traceIds)));
  if (previous === null) return null;
  const [then, now] = [read(previous.earlier), read(previous.later)];
  const judged = judgeEvidence(previous.audit.plan.block?.criteria ?? [], then, now);
  const otherClaims = judged.filter(({ isClaim }) => isClaim).length;
  const [before, runs] = [then.map(toRun), now.map(toRun)];
  const compared = compareRuns(before, runs, { isPlanned: true, otherClaims });
  const isConfounded = (compared?.differs.length ?? 0) > 0;
  const evidence = decideEvidence(judged, isConfounded ? null : (compared?.claims ?? 0));
  const regressions = findRegressions(
    audits,
    runs.filter(({ traceId }) => traceIds.includes(traceId)),
  );
  if (compared === null && regressions.length === 0 && otherClaims === 0) return null;
  const { audit, executedAt } = previous;
  const comparison = { audit: audit.file, executedAt, unit: scopeOf(traceIds), compared, regressions, evidence };
  return { comparison, audits, earlier: before, later: runs };
}

/** When the latest of these runs started; null where none tells. */
function lastStart(facts: readonly SummaryFacts[]): string | null {
  return (
    facts
      .flatMap(({ started_at }) => started_at ?? [])
      .toSorted()
      .at(-1) ?? null
  );
}

/** The comparison of one run, as `write_summary` answers it, or null. */
export function compareTrace(projectFolder: string, traceId: string): RunComparison | null {
  const compared = compareTraces(projectFolder, [traceId]);
  return compared === null ? null : toRunComparison(compared.comparison);
}

/**
 * What `## Comparison with Previous Audits` of a plan about these traces has to say, line by line, and the same in one sentence
 * for the human; null without one. git is found by `env`, and asked which instructions changed between the runs.
 */
export function tellComparison(
  projectFolder: string,
  traceIds: readonly string[],
  env: Environment,
): { readonly lines: readonly string[]; readonly words: string } | null {
  const compared = compareTraces(projectFolder, traceIds);
  if (compared === null) return null;
  const { comparison, audits, earlier, later } = compared;
  const span = spanOf([...earlier, ...later]);
  const beside = [
    span === null ? null : tellInstructionChanges(audits, span, changedByOthers(projectFolder, env, span)),
    compareAfterwards(earlier, later),
  ];
  const lines = renderComparison(
    comparison,
    beside.filter((line) => line !== null),
  );
  return { lines, words: sumUp(comparison) };
}

/** Prompt files that commits of a span gave something else than a `/plop` left. */
function changedByOthers(projectFolder: string, env: Environment, span: Span): readonly string[] {
  const left = parseLeftContents(tryRead(join(projectFolder, APPROVALS_PATH))?.text ?? "");
  const isByPlop = (content: string | null): boolean => content !== null && left.has(content);
  const changes = readInstructionChanges(projectFolder, env, span) ?? [];
  return changes.filter(({ contents }) => !contents.every(isByPlop)).map(({ file }) => file);
}
