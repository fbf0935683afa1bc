import { own, text, parseRecord } from "../../trace/values/json.ts";
import { byAge, dateOf, type Audit } from "./previous.ts";
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

/** SHA-256 of a plan -> when it was first executed, ISO 8601. */
export type Executions = ReadonlyMap<string, string>;

/** Reads docs/audit/approvals.jsonl. An execution that changed no file is none; lines that are damaged are left out. */
export function parseExecutions(log: string): Executions {
  const executions = new Map<string, string>();
  for (const line of log.split("\n")) {
    const record = parseRecord(line) ?? {};
    const sha256 = text(own(record, "plan_sha256"));
    const at = text(own(record, "at"));
    const changed = own(record, "changed");
    if (own(record, "event") !== "executed" || sha256 === null || at === null || executions.has(sha256)) continue;
    if (!Array.isArray(changed) || changed.length > 0) executions.set(sha256, at);
  }
  return executions;
}

/**
 * The patterns of these runs that an executed plan names as evidence of its issues, each with the newest such plan, by
 * name. Runs that the plan was made of, or that are known to have started before its execution, say nothing of it.
 */
export function findRegressions(
  audits: readonly Audit[],
  executions: Executions,
  runs: readonly Run[],
): readonly Regression[] {
  const found = new Map<string, Regression>();
  for (const audit of audits.toSorted(byAge)) {
    const at = executions.get(audit.sha256);
    if (at === undefined) continue;
    const later = runs.filter(({ traceId, startedAt }) => {
      const isAudited = audit.plan.traces.some((trace) => trace.traceId === traceId);
      return !isAudited && (startedAt === null || startedAt > at);
    });
    for (const pattern of toRemove(audit)) {
      const showing = later.filter(({ patterns }) => patterns.includes(pattern)).length;
      if (showing > 0) found.set(pattern, { pattern, plan: audit.file, date: dateOf(audit), runs: showing });
    }
  }
  return [...found.values()].toSorted((left, right) => (left.pattern < right.pattern ? -1 : 1));
}

/** The pattern ids in `(evidence: …, seen in K/N traces)` of each observed issue. */
function toRemove({ plan }: Audit): readonly string[] {
  const evidence = plan.issues.map((issue) => /\(evidence: ([^()]*)\)$/u.exec(issue)?.[1] ?? "");
  return evidence.flatMap((list) => list.split(", ").filter((name) => /^[a-z0-9_]{1,60}$/u.test(name)));
}
