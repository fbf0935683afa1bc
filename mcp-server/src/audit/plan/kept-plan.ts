import type { PlanStatus } from "../layout/approvals-log.ts";
import { parseKeptName } from "../layout/kept-plans.ts";
import type { Plan } from "./plan.ts";

/** An accepted plan's copy: what an audit came to. */
export type KeptPlan = {
  /** Its name below docs/audit, such as `2026-11-23-e0334720b308.md`. */
  readonly file: string;
  readonly sha256: string;
  readonly plan: Plan;
  /** What became of it; null when no human approved it. */
  readonly status: PlanStatus | null;
};

/** When a plan was accepted, `YYYY-MM-DD`. */
export function dateOf(file: string): string {
  return parseKeptName(file)?.date ?? "";
}

/** The oldest first. Within a day, whose audited runs are older; the same traces again have a higher number. */
export function byAge(left: KeptPlan, right: KeptPlan): number {
  const [a = "", b = ""] = [left, right].map(({ file, plan }) =>
    [
      dateOf(file),
      ...plan.traces
        .map(({ date }) => date ?? "")
        .toSorted()
        .slice(-1),
      String(parseKeptName(file)?.number ?? 1).padStart(4, "0"),
      file,
    ].join("\n"),
  );
  return a < b ? -1 : a > b ? 1 : 0;
}
