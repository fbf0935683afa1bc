import { own, text, parseRecord } from "../../trace/values/json.ts";

/** What a listed file was and is; a hash is null where there is no file. */
export type ChangedFile = {
  readonly file: string;
  readonly sha256_before: string | null;
  readonly sha256_after: string | null;
  /** Lines. */
  readonly added: number;
  readonly removed: number;
};

/**
 * A line of the approvals log. `approved`: a human typed `/plop`. `executed`: its turn ended. `stopped`: it ended before
 * that. `refused`: a `/plop` that was not accepted, or, with `tool`, a call that was refused while one ran.
 */
export type ApprovalsLine = {
  readonly event: "approved" | "executed" | "stopped" | "refused";
  /** ISO 8601. */
  readonly at: string;
  readonly session_id: string;
  readonly plan_sha256: string | null;
  readonly plan_file: string | null;
  readonly files: readonly string[];
  readonly changed: readonly ChangedFile[];
  readonly reason: string | null;
  readonly tool: string | null;
};

/** What the approvals log says of one plan; times are ISO 8601. */
export type PlanStatus = {
  /** What happened to it last. */
  readonly event: "approved" | "executed" | "stopped";
  /** When it was last approved; null when that is not recorded. */
  readonly approvedAt: string | null;
  /** When its execution first changed a file; null when none did. */
  readonly executedAt: string | null;
};

/** Reads the approvals log: the status of each plan that was ever approved, by its SHA-256. Damaged lines are left out. */
export function parseApprovals(log: string): ReadonlyMap<string, PlanStatus> {
  const plans = new Map<string, PlanStatus>();
  for (const line of log.split("\n")) {
    const record = parseRecord(line) ?? {};
    const sha256 = text(own(record, "plan_sha256"));
    const event = (["approved", "executed", "stopped"] as const).find((name) => name === own(record, "event"));
    if (sha256 === null || event === undefined) continue;
    const { approvedAt = null, executedAt = null } = plans.get(sha256) ?? {};
    const [at, changed] = [text(own(record, "at")), own(record, "changed")];
    const isExecution = event === "executed" && (!Array.isArray(changed) || changed.length > 0);
    plans.set(sha256, {
      event,
      approvedAt: event === "approved" ? at : approvedAt,
      executedAt: executedAt ?? (isExecution ? at : null),
    });
  }
  return plans;
}
