import { byAge, dateOf, type KeptPlan } from "../plan/kept-plan.ts";
import type { Run } from "./run.ts";

/** A pattern that shows in spite of an executed plan that was to remove it. */
export type Regression = {
  readonly pattern: string;
  /** The plan's name below docs/audit, and when it was accepted. */
  readonly plan: string;
  readonly date: string;
  /** How many of the runs show it. */
  readonly runs: number;
};

/**
 * The patterns of these runs that an executed plan names as evidence of its issues, each with the newest such plan, by
 * name. Runs that the plan was made of, or that are known to have started before its execution, say nothing of it.
 */
export function findRegressions(audits: readonly KeptPlan[], runs: readonly Run[]): readonly Regression[] {
  const found = new Map<string, Regression>();
  for (const audit of audits.toSorted(byAge)) {
    const at = audit.status?.executedAt ?? null;
    if (at === null) continue;
    const later = runs.filter(({ traceId, startedAt }) => {
      const isAudited = audit.plan.traces.some((trace) => trace.traceId === traceId);
      return !isAudited && (startedAt === null || startedAt > at);
    });
    for (const pattern of toRemove(audit)) {
      const showing = later.filter(({ patterns }) => patterns.includes(pattern)).length;
      if (showing > 0) found.set(pattern, { pattern, plan: audit.file, date: dateOf(audit.file), runs: showing });
    }
  }
  return [...found.values()].toSorted((left, right) => (left.pattern < right.pattern ? -1 : 1));
}

/** The pattern ids in `(evidence: …, seen in K/N traces)` of each observed issue. */
function toRemove({ plan }: KeptPlan): readonly string[] {
  const evidence = plan.issues.map((issue) => /\(evidence: ([^()]*)\)$/u.exec(issue)?.[1] ?? "");
  return evidence.flatMap((list) => list.split(", ").filter((name) => /^[a-z0-9_]{1,60}$/u.test(name)));
}
