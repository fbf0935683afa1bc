import { parseHistoryName } from "../layout/history.ts";
import type { Plan } from "../plan/plan.ts";

/** An accepted plan of the history: what an audit came to. */
export type Audit = {
  /** Its name below docs/audit. */
  readonly file: string;
  readonly sha256: string;
  readonly plan: Plan;
};

/** The audit before one of these traces: the newest that names none of them, or null. */
export function toPrevious(audits: readonly Audit[], traceIds: readonly string[]): Audit | null {
  const others = audits.filter(({ plan }) => !plan.traces.some(({ traceId }) => traceIds.includes(traceId)));
  return others.toSorted(byAge).at(-1) ?? null;
}

/** When an audit was accepted, `YYYY-MM-DD`. */
export function dateOf({ file }: Pick<Audit, "file">): string {
  return parseHistoryName(file)?.date ?? "";
}

/** The oldest first. Within a day, whose audited runs are older; the same traces again have a higher number. */
export function byAge(left: Pick<Audit, "file" | "plan">, right: Pick<Audit, "file" | "plan">): number {
  const keys = [left, right].map((audit) => [
    dateOf(audit),
    ...audit.plan.traces
      .map(({ date }) => date ?? "")
      .toSorted()
      .slice(-1),
    String(parseHistoryName(audit.file)?.number ?? 1).padStart(4, "0"),
    audit.file,
  ]);
  const [a = "", b = ""] = keys.map((key) => key.join("\n"));
  return a < b ? -1 : a > b ? 1 : 0;
}
