import { RISKS } from "../answers/refactoring-specialist.ts";
import type { Run } from "../compare/run.ts";
import type { PlanStatus } from "../layout/approvals-log.ts";
import { byAge, dateOf, type KeptPlan } from "../plan/kept-plan.ts";
import { traceIdsOf } from "../plan/plan.ts";
import { formatTrend, medianCalls } from "./trend.ts";

/** A kept plan and the audited runs by their summaries, in the order of its traces; null where no summary tells. */
export type IndexEntry = KeptPlan & { readonly runs: readonly (Run | null)[] };

/** The first line of the index that this plugin writes, by which it knows its own. */
export const INDEX_TITLE = "# Audits of this project";

/**
 * docs/audit/README.md: the trend over the newest audits, and one row for each accepted plan, the newest first. `skipped`
 * counts the files that have the name of an audit and name no trace.
 */
export function formatIndex(entries: readonly IndexEntry[], skipped: number): string {
  const byDate = entries.toSorted(byAge);
  const rows = byDate.toReversed().map(toRow);
  return `${INDEX_TITLE}

Written by trace-audit from the files in this folder; changes made here are lost. The plan to review is
[IMPLEMENTATION_PLAN.md](IMPLEMENTATION_PLAN.md).
${toTrend(byDate)}
| Date | Audit | Traces | Issues | Risk | Approved | Outcome of the audited runs | Tool calls per task |
| --- | --- | --- | --- | --- | --- | --- | --- |
${rows.map((row) => `| ${row.join(" | ")} |\n`).join("")}${toSkipped(skipped)}`;
}

function toTrend(byDate: readonly IndexEntry[]): string {
  const lines = formatTrend(byDate.map(({ runs }) => runs.filter((run) => run !== null)));
  return lines.length === 0 ? "" : `\n\`\`\`text\n${lines.join("\n")}\n\`\`\`\n`;
}

function toSkipped(skipped: number): string {
  if (skipped === 0) return "";
  return `\nNot shown: ${skipped} ${skipped === 1 ? "file" : "files"} with the name of an audit but no trace inside.\n`;
}

function toRow({ file, plan, status, runs }: IndexEntry): readonly string[] {
  const risk = RISKS.findLast((name) => plan.changes.some((change) => change.risk === name));
  return [
    dateOf(file),
    `[${file}](${file})`,
    toTraces(traceIdsOf(plan)),
    String(plan.issues.length),
    risk ?? "none",
    toApproved(status),
    toOutcome(runs.map((run) => run?.outcome ?? null)),
    toCalls(runs.filter((run) => run !== null)),
  ];
}

function toTraces(ids: readonly string[]): string {
  const shown = ids.slice(0, 3).map((id) => `\`${id.replace(/[^\w.:@=+/%-]/gu, "_").slice(0, 64)}\``);
  return ids.length > shown.length ? `${shown.join(", ")} and ${ids.length - shown.length} more` : shown.join(", ");
}

function toApproved(status: PlanStatus | null): string {
  if (status === null) return "no";
  const date = /^\d{4}-\d\d-\d\d/u.exec(status.approvedAt ?? "")?.[0];
  const then = status.event === "approved" ? "" : `, ${status.event}`;
  return `yes${status.isEdited ? ", edited" : ""}${date === undefined ? "" : `, ${date}`}${then}`;
}

function toOutcome(outcomes: readonly (string | null)[]): string {
  const counts = new Map<string, number>();
  for (const outcome of outcomes) {
    const name = outcome !== null && /^\w{1,40}$/u.test(outcome) ? outcome : "not recorded";
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].map(([name, count]) => (outcomes.length === 1 ? name : `${count} ${name}`)).join(", ");
}

/** Runs with a task list and runs without one count differently, so each has its own median. */
function toCalls(runs: readonly Run[]): string {
  const [listed, unlisted] = [medianCalls(runs, "task_list"), medianCalls(runs, "no_task_list")];
  if (listed !== null && unlisted !== null) return `${listed} with a task list, ${unlisted} without`;
  return String(listed ?? unlisted ?? "not recorded");
}
