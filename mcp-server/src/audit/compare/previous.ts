import { byAge, type KeptPlan } from "../plan/kept-plan.ts";

/** The audit before one of these traces, by its plan: the newest that names none of them, or null. */
export function toPrevious(audits: readonly KeptPlan[], traceIds: readonly string[]): KeptPlan | null {
  const others = audits.filter(({ plan }) => !plan.traces.some(({ traceId }) => traceIds.includes(traceId)));
  return others.toSorted(byAge).at(-1) ?? null;
}
