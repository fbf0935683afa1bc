import type { Mark } from "../layout/marks.ts";
import { byAge, dateOf, type KeptPlan } from "../plan/kept-plan.ts";

/** An issue of one kind in one audit. */
type Sighting = {
  readonly audit: KeptPlan;
  /** In how many of its runs, or rows of its table, it shows. */
  readonly extent: number;
};

/** A kind of symptom across all audits. */
export type Symptom = {
  readonly kind: string;
  /** The audits that name it, the oldest first. */
  readonly audits: readonly KeptPlan[];
  /** The first executed plan that names it; null when none was executed. */
  readonly executed: KeptPlan | null;
  /** Whether an audit of runs that started after that names it again. */
  readonly isBack: boolean;
  /** How many audited runs started after that; 0 where none was executed. */
  readonly runsSince: number;
  /** The largest extent that it has had, up to the day of the mark where there is a mark. */
  readonly extent: number;
  readonly mark: Mark | null;
};

/** The kinds of symptoms that kept plans name, the last seen first. A plan that names no kinds has none. */
export function toSymptoms(audits: readonly KeptPlan[], marks: ReadonlyMap<string, Mark>): readonly Symptom[] {
  const found = new Map<string, Sighting[]>();
  const sorted = audits.toSorted(byAge);
  for (const audit of sorted) {
    const extents = new Map<string, number>();
    for (const issue of audit.plan.issues) {
      const kind = /^`([a-z][a-z-]{0,39})`/u.exec(issue)?.[1];
      if (kind !== undefined) extents.set(kind, Math.max(extents.get(kind) ?? 0, extentOf(issue)));
    }
    for (const [kind, extent] of extents) {
      const known = found.get(kind);
      if (known === undefined) found.set(kind, [{ audit, extent }]);
      else known.push({ audit, extent });
    }
  }
  return [...found]
    .map(([kind, sightings]) => toSymptom(kind, sightings, marks.get(kind) ?? null, sorted))
    .toSorted((left, right) => lastSeen(right, sorted) - lastSeen(left, sorted) || (left.kind < right.kind ? -1 : 1));
}

function lastSeen({ audits }: Symptom, sorted: readonly KeptPlan[]): number {
  return sorted.findLastIndex((audit) => audits.includes(audit));
}

function toSymptom(kind: string, sightings: readonly Sighting[], mark: Mark | null, all: readonly KeptPlan[]): Symptom {
  const audits = sightings.map(({ audit }) => audit);
  const executed = audits.find(({ status }) => status?.executedAt != null) ?? null;
  const at = executed?.status?.executedAt ?? null;
  const runsAfter = (of: readonly KeptPlan[]): number => (at === null ? 0 : countAfter(of, at));
  const since = mark?.since ?? null;
  const upToMark = since === null ? sightings : sightings.filter(({ audit }) => dateOf(audit.file) <= since);
  return {
    kind,
    audits,
    executed,
    isBack: runsAfter(audits) > 0,
    runsSince: runsAfter(all),
    extent: Math.max(0, ...upToMark.map(({ extent }) => extent)),
    mark,
  };
}

/** How many runs of these audits started after an instant; one without a date tells nothing. */
function countAfter(audits: readonly KeptPlan[], at: string): number {
  const traces = audits.flatMap(({ plan }) => plan.traces).filter(({ date }) => date !== null && date > at);
  return new Set(traces.map(({ traceId }) => traceId)).size;
}

/** `seen in 3/8 traces`, and the rows of the table among the evidence. */
function extentOf(issue: string): number {
  const seen = Number(/, seen in (\d{1,3})\/\d{1,3} traces\)$/u.exec(issue)?.[1] ?? 1);
  const rows = new Set(issue.match(/(?<=\(evidence: .*)\bturn:\d+/gu) ?? []);
  return Math.max(seen, rows.size);
}
