import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { compareRuns } from "../audit/compare/criteria.ts";
import { toPrevious, type Audit } from "../audit/compare/previous.ts";
import { findRegressions, parseExecutions } from "../audit/compare/regressions.ts";
import { renderComparison, toRunComparison, type Comparison, type RunComparison } from "../audit/compare/render.ts";
import type { Run } from "../audit/compare/run.ts";
import { parseHistoryName } from "../audit/layout/history.ts";
import { parsePlan } from "../audit/plan/parse.ts";
import { HISTORY_PATH } from "../audit/plop/record.ts";
import { tryRead } from "./files.ts";
import { readRuns } from "./summaries.ts";

/**
 * Compares the runs of these traces, by their summaries below docs/audit/summaries, with those of the audit before.
 * Null when there is no earlier audit, or nothing of it is comparable and no pattern is back. Never throws: what cannot
 * be read, or is a link, is left out.
 */
export async function compareTraces(projectFolder: string, traceIds: readonly string[]): Promise<Comparison | null> {
  const audits = await readAudits(projectFolder);
  const previous = toPrevious(audits, traceIds);
  if (previous === null) return null;
  const earlier = previous.plan.traces.map(({ traceId }) => traceId);
  const [then, now] = await Promise.all([
    readKnownRuns(projectFolder, earlier),
    readKnownRuns(projectFolder, traceIds),
  ]);
  const groups = compareRuns(then, now);
  const log = (await tryRead(join(projectFolder, HISTORY_PATH))) ?? "";
  const regressions = findRegressions(audits, parseExecutions(log), now);
  return groups.length === 0 && regressions.length === 0 ? null : { audit: previous.file, groups, regressions };
}

/** The comparison of one run, as `write_summary` answers it, or null. */
export async function compareTrace(projectFolder: string, traceId: string): Promise<RunComparison | null> {
  const comparison = await compareTraces(projectFolder, [traceId]);
  return comparison === null ? null : toRunComparison(comparison);
}

/** What `## Comparison with Previous Audits` of a plan about these traces has to say, line by line; none without one. */
export async function toComparisonLines(
  projectFolder: string,
  traceIds: readonly string[],
): Promise<readonly string[]> {
  return renderComparison(await compareTraces(projectFolder, traceIds));
}

async function readAudits(projectFolder: string): Promise<readonly Audit[]> {
  const folder = join(projectFolder, "docs", "audit");
  const files = (await readdir(folder).catch(() => [])).filter((file) => parseHistoryName(file) !== null);
  const audits = await Promise.all(
    files.map(async (file) => {
      const content = await tryRead(join(folder, file));
      if (content === null) return [];
      return [{ file, sha256: createHash("sha256").update(content).digest("hex"), plan: parsePlan(content).plan }];
    }),
  );
  return audits.flat();
}

async function readKnownRuns(projectFolder: string, traceIds: readonly string[]): Promise<readonly Run[]> {
  return (await readRuns(projectFolder, traceIds)).filter((run) => run !== null);
}
