import { own, text, parseRecord } from "../../trace/values/json.ts";

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
