import { byAge, type KeptPlan } from "../plan/kept-plan.ts";
import { traceIdsOf } from "../plan/plan.ts";

/** What the runs of an audit are compared with. */
export type Previous = {
  readonly audit: KeptPlan;
  /** When its plan was executed before these runs, ISO 8601; null when no plan was, and it is the newest audit. */
  readonly executedAt: string | null;
  /** The traces of each side, each once. */
  readonly earlier: readonly string[];
  readonly later: readonly string[];
};

/** Sessions are compared with sessions, and turns with turns. */
export type Scope = "session" | "turn";

/** The scope of an audit, by the ids of its traces. */
export function scopeOf(traceIds: readonly string[]): Scope {
  return traceIds.length > 0 && traceIds.every((id) => id.startsWith("session:")) ? "session" : "turn";
}

/**
 * The audit before one of these traces: of those of its scope that name none of them, the one whose plan was executed last
 * before the latest of its runs started (`startedAt`, null where that is not recorded), and stands. Every audited run of that
 * scope counts on the side of the execution on which it started, back to the execution before, so that audits of one session
 * each come to a verdict. Where no plan was executed it is the newest, with its own runs alone. Null without one.
 */
export function toPrevious(
  audits: readonly KeptPlan[],
  traceIds: readonly string[],
  startedAt: string | null,
): Previous | null {
  const scope = scopeOf(traceIds);
  const alike = audits.filter(({ plan }) => scopeOf(traceIdsOf(plan)) === scope);
  const others = alike.filter(({ plan }) => !traceIdsOf(plan).some((id) => traceIds.includes(id))).toSorted(byAge);
  const executed = others
    .flatMap((audit) => (audit.status?.executedAt == null ? [] : [{ audit, at: audit.status.executedAt }]))
    .filter(({ at }) => startedAt === null || startedAt > at)
    .toSorted((left, right) => (left.at < right.at ? -1 : Number(left.at > right.at)));
  const last = executed.at(-1);
  const newest = others.at(-1);
  if (last === undefined)
    return newest === undefined
      ? null
      : { audit: newest, executedAt: null, earlier: traceIdsOf(newest.plan), later: [...new Set(traceIds)] };
  const { audit, at } = last;
  const since = executed.findLast((one) => one.at < at)?.at ?? "";
  const runs = alike.flatMap(({ plan }) => plan.traces).filter(({ traceId }) => !traceIds.includes(traceId));
  const started = (from: string, to: string | null): readonly string[] =>
    runs.flatMap(({ traceId, date }) => (date !== null && date > from && (to === null || date <= to) ? [traceId] : []));
  const own = traceIdsOf(audit.plan);
  return {
    audit,
    executedAt: at,
    earlier: [...new Set([...own, ...started(since, at)])],
    later: [...new Set([...traceIds, ...started(at, null).filter((id) => !own.includes(id))])],
  };
}
