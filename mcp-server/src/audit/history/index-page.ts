import { RISKS } from "../answers/refactoring-specialist.ts";
import { scopeOf } from "../compare/previous.ts";
import type { Run } from "../compare/run.ts";
import type { PlanStatus } from "../layout/approvals-log.ts";
import type { Mark } from "../layout/marks.ts";
import { byAge, dateOf, type KeptPlan } from "../plan/kept-plan.ts";
import { traceIdsOf } from "../plan/plan.ts";
import { formatSymptoms } from "./symptom-rows.ts";
import { toSymptoms } from "./symptoms.ts";
import { formatTrend, medianCalls } from "./trend.ts";

/** A kept plan and the audited runs by their summaries, in the order of its traces; null where no summary tells. */
export type IndexEntry = KeptPlan & { readonly runs: readonly (Run | null)[] };

/** The first line of the index that this plugin writes, by which it knows its own. */
export const INDEX_TITLE = "# Audits of this project";

/**
 * docs/audit/README.md: the trend over the newest audits, each kind of symptom across all, and one row for the accepted plans
 * about the same traces, the newest first. `skipped` counts the files that have the name of an audit and name no trace.
 */
export function formatIndex(
  entries: readonly IndexEntry[],
  skipped: number,
  marks: ReadonlyMap<string, Mark> = new Map(),
): string {
  const groups = toGroups(entries.toSorted(byAge));
  const rows = groups.toReversed().map(toRow);
  return `${INDEX_TITLE}

Written by trace-audit from the files in this folder; changes made here are lost. The plan to review is
[IMPLEMENTATION_PLAN.md](IMPLEMENTATION_PLAN.md).
${toTrend(groups.map(newestOf))}
| Date | Runs until (UTC) | Audit | Traces | Issues | Risk | Approved | Outcome of the audited runs | Tool calls per task |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
${rows.map((row) => `| ${row.join(" | ")} |\n`).join("")}${formatSymptoms(toSymptoms(entries, marks))}${toSkipped(skipped)}`;
}

/** The plans about one set of traces, the oldest first. */
type IndexGroup = readonly [IndexEntry, ...IndexEntry[]];

/** Plans about the same traces are one audit that was repeated; it stands where the newest of them does. */
function toGroups(byDate: readonly IndexEntry[]): readonly IndexGroup[] {
  const groups = new Map<string, IndexGroup>();
  for (const entry of byDate) {
    const key = traceIdsOf(entry.plan).toSorted().join("\n");
    const known = groups.get(key);
    groups.delete(key);
    groups.set(key, known === undefined ? [entry] : [...known, entry]);
  }
  return [...groups.values()];
}

function newestOf([first, ...others]: IndexGroup): IndexEntry {
  return others.at(-1) ?? first;
}

function toTrend(byDate: readonly IndexEntry[]): string {
  return SERIES.map(({ scope, name }) => {
    const audits = byDate.filter(({ plan }) => scopeOf(traceIdsOf(plan)) === scope);
    const lines = formatTrend(
      name,
      audits.map(({ runs }) => runs.filter((run) => run !== null)),
    );
    return lines.length === 0 ? "" : `\n\`\`\`text\n${lines.join("\n")}\n\`\`\`\n`;
  }).join("");
}
const SERIES = [
  { scope: "session", name: "Sessions" },
  { scope: "turn", name: "Turns" },
] as const;

function toSkipped(skipped: number): string {
  if (skipped === 0) return "";
  return `\nNot shown: ${skipped} ${skipped === 1 ? "file" : "files"} with the name of an audit but no trace inside.\n`;
}

function toRow(group: IndexGroup): readonly string[] {
  const { file, plan, runs } = newestOf(group);
  const risk = RISKS.findLast((name) => plan.changes.some((change) => change.risk === name));
  return [
    dateOf(file),
    toLatest(plan.traces.map(({ date }) => date)),
    [`[${file}](${file})`, ...group.slice(0, -1).toReversed().slice(0, 3).map(toEarlier)].join(", before it "),
    toTraces(traceIdsOf(plan)),
    String(plan.issues.length),
    risk ?? "none",
    toApprovals(group),
    toOutcome(runs),
    toCalls(runs.filter((run) => run !== null)),
  ];
}

function toEarlier({ file }: IndexEntry): string {
  return `[${dateOf(file)}](${file})`;
}

/** When the latest of the runs started, to the minute. */
function toLatest(dates: readonly (string | null)[]): string {
  const latest = dates
    .filter((date) => date !== null)
    .toSorted()
    .at(-1);
  const [, day, time] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)/u.exec(latest ?? "") ?? [];
  return day === undefined ? "not recorded" : `${day} ${time}`;
}

function toTraces(ids: readonly string[]): string {
  const shown = ids.slice(0, 3).map((id) => `\`${id.replace(/[^\w.:@=+/%-]/gu, "_").slice(0, 64)}\``);
  return ids.length > shown.length ? `${shown.join(", ")} and ${ids.length - shown.length} more` : shown.join(", ");
}

/** The newest plan's; where nobody approved it, also that of the one before it that was approved. */
function toApprovals(group: IndexGroup): string {
  const { status: own, plan } = newestOf(group);
  const before = own === null ? (group.findLast(({ status }) => status !== null)?.status ?? null) : null;
  if (before !== null) return `no; before it: ${toApproved(before)}`;
  return own === null && plan.issues.length === 0 ? "nothing to approve" : toApproved(own);
}

function toApproved(status: PlanStatus | null): string {
  if (status === null) return "no";
  const date = /^\d{4}-\d\d-\d\d/u.exec(status.approvedAt ?? "")?.[0];
  const then = status.event === "approved" ? "" : `, ${status.event}`;
  return `yes${status.isEdited ? ", edited" : ""}${date === undefined ? "" : `, ${date}`}${then}`;
}

function toOutcome(runs: readonly (Run | null)[]): string {
  const counts = new Map<string, number>();
  for (const run of runs) counts.set(nameOutcome(run), (counts.get(nameOutcome(run)) ?? 0) + 1);
  return [...counts].map(([name, count]) => (runs.length === 1 ? name : `${count} ${name}`)).join(", ");
}

/** `success` is no more than that nothing is known to have failed, unless a score says so; what it rests on stands beside it. */
function nameOutcome(run: Run | null): string {
  if (run?.outcome == null || !/^\w{1,40}$/u.test(run.outcome)) return "not recorded";
  const basis = run.basis?.replace(/[^\w:. -]/gu, "_").slice(0, 40) ?? "";
  const isGraded = basis.startsWith("score:");
  const name = run.outcome === "success" && !isGraded ? "no failing evidence" : run.outcome;
  return basis === "" ? name : `${name} (${basis})`;
}

/** Runs with a task list and runs without one count differently, so each has its own median. */
function toCalls(runs: readonly Run[]): string {
  const [listed, unlisted] = [medianCalls(runs, "task_list"), medianCalls(runs, "no_task_list")];
  if (listed !== null && unlisted !== null) return `${listed} with a task list, ${unlisted} without`;
  return String(listed ?? unlisted ?? "not recorded");
}
