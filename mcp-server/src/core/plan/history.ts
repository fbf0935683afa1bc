import { own, text, parseRecord } from "../json.ts";
import { RISKS } from "../answers/translation.ts";
import type { Plan } from "./plan.ts";

/** One accepted plan of the history, with what became of it. */
export type HistoryEntry = {
  /** Its name below docs/audit, such as `2026-11-23-e0334720b308.md`. */
  readonly file: string;
  readonly plan: Plan;
  readonly approval: Approval | null;
  /** How the audited runs ended, in the order of the plan's traces; null when no summary tells. */
  readonly outcomes: readonly (string | null)[];
};

/** What docs/audit/approvals.jsonl says of a plan last, and when it was approved (ISO 8601). */
export type Approval = { readonly event: "approved" | "executed" | "stopped"; readonly at: string | null };

const NAME = /^(\d{4}-\d\d-\d\d)-([\w-]+?)(?:-(\d{1,4}))?\.md$/u;
const SHORT = 12;

/** The date, subject and number in a history file's name, or null for any other file. */
export function parseHistoryName(
  file: string,
): { readonly date: string; readonly subject: string; readonly number: number } | null {
  const [, date, subject, number] = NAME.exec(file) ?? [];
  return date === undefined || subject === undefined ? null : { date, subject, number: Number(number ?? 1) };
}

/**
 * The name of the `number`th audit of these traces on a day (`YYYY-MM-DD`): the first trace's id, cut to 12 characters,
 * and how many more there are. Nothing of an id but letters, digits, `_` and `-` gets into a file name.
 */
export function toHistoryName(date: string, traceIds: readonly string[], number: number): string {
  const first =
    (traceIds[0] ?? "")
      .replace(/[^A-Za-z0-9_-]+/gu, "-")
      .slice(0, SHORT)
      .replace(/^-+|-+$/gu, "") || "trace";
  const more = traceIds.length > 1 ? `-and-${traceIds.length - 1}-more` : "";
  return `${date}-${first}${more}${number > 1 ? `-${number}` : ""}.md`;
}

/** The last event about each plan, by its SHA-256; lines that are none are left out. */
export function parseApprovals(log: string): ReadonlyMap<string, Approval> {
  const approvals = new Map<string, Approval>();
  for (const line of log.split("\n")) {
    const record = parseRecord(line);
    if (record === null) continue;
    const sha256 = text(own(record, "plan_sha256"));
    const event = (["approved", "executed", "stopped"] as const).find((name) => name === own(record, "event"));
    if (sha256 === null || event === undefined) continue;
    const at = event === "approved" ? text(own(record, "at")) : (approvals.get(sha256)?.at ?? null);
    approvals.set(sha256, { event, at });
  }
  return approvals;
}

/** The first line of the index that this plugin writes, by which it knows its own. */
export const INDEX_TITLE = "# Audits of this project";

/** docs/audit/README.md: one row for each accepted plan, the newest first. */
export function formatIndex(entries: readonly HistoryEntry[]): string {
  const rows = entries.toSorted(byNewest).map(toRow);
  return `${INDEX_TITLE}

Written by trace-audit from the files in this folder; changes made here are lost. The plan to review is
[IMPLEMENTATION_PLAN.md](IMPLEMENTATION_PLAN.md).

| Date | Audit | Traces | Issues | Risk | Approved | Outcome of the audited runs |
| --- | --- | --- | --- | --- | --- | --- |
${rows.map((row) => `| ${row.join(" | ")} |\n`).join("")}`;
}

function byNewest(left: HistoryEntry, right: HistoryEntry): number {
  const [a, b] = [parseHistoryName(left.file), parseHistoryName(right.file)];
  if (a === null || b === null) return 0;
  if (a.date !== b.date) return a.date < b.date ? 1 : -1;
  if (a.subject !== b.subject) return a.subject < b.subject ? -1 : 1;
  return b.number - a.number;
}

function toRow({ file, plan, approval, outcomes }: HistoryEntry): readonly string[] {
  const risk = RISKS.findLast((name) => plan.changes.some((change) => change.risk === name));
  return [
    parseHistoryName(file)?.date ?? "",
    `[${file}](${file})`,
    toTraces(plan.traces.map(({ traceId }) => traceId)),
    String(plan.issues.length),
    risk ?? "none",
    toApproved(approval),
    toOutcome(outcomes),
  ];
}

function toTraces(ids: readonly string[]): string {
  const shown = ids.slice(0, 3).map((id) => `\`${id.replace(/[^\w.:@=+/%-]/gu, "_").slice(0, 64)}\``);
  return ids.length > shown.length ? `${shown.join(", ")} and ${ids.length - shown.length} more` : shown.join(", ");
}

function toApproved(approval: Approval | null): string {
  if (approval === null) return "no";
  const date = /^\d{4}-\d\d-\d\d/u.exec(approval.at ?? "")?.[0];
  const then = approval.event === "approved" ? "" : `, ${approval.event}`;
  return `yes${date === undefined ? "" : `, ${date}`}${then}`;
}

function toOutcome(outcomes: readonly (string | null)[]): string {
  const counts = new Map<string, number>();
  for (const outcome of outcomes) {
    const name = outcome !== null && /^\w{1,40}$/u.test(outcome) ? outcome : "not recorded";
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].map(([name, count]) => (outcomes.length === 1 ? name : `${count} ${name}`)).join(", ");
}
