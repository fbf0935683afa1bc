import { isRecord, own, text, parseRecord } from "../../trace/values/json.ts";

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
  /** How an approved plan differs from the one that the audit wrote, as `diff -u` shows it; none when it does not. */
  readonly edited: readonly string[];
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
  /** What that execution changed, such as `CLAUDE.md +2 -0`. */
  readonly changed: readonly string[];
  /** Whether a human had edited the plan before it was approved. */
  readonly isEdited: boolean;
};

/** Reads the approvals log: the status of each plan that was ever approved, by its SHA-256. Damaged lines are left out. */
export function parseApprovals(log: string): ReadonlyMap<string, PlanStatus> {
  const plans = new Map<string, PlanStatus>();
  for (const line of log.split("\n")) {
    const record = parseRecord(line) ?? {};
    const sha256 = text(own(record, "plan_sha256"));
    const event = (["approved", "executed", "stopped"] as const).find((name) => name === own(record, "event"));
    if (sha256 === null || event === undefined) continue;
    const { approvedAt = null, executedAt = null, changed: before = [], isEdited = false } = plans.get(sha256) ?? {};
    const [at, changed, edited] = [text(own(record, "at")), own(record, "changed"), own(record, "edited")];
    const isExecution = event === "executed" && (!Array.isArray(changed) || changed.length > 0);
    plans.set(sha256, {
      event,
      approvedAt: event === "approved" ? at : approvedAt,
      executedAt: executedAt ?? (isExecution ? at : null),
      changed: executedAt === null && isExecution ? toChanges(changed) : before,
      isEdited: isEdited || (Array.isArray(edited) && edited.length > 0),
    });
  }
  return plans;
}

/** The SHA-256 of every content that a `/plop` left in a file. */
export function parseLeftContents(log: string): ReadonlySet<string> {
  const changed = log.split("\n").flatMap((line) => own(parseRecord(line) ?? {}, "changed") ?? []);
  return new Set(changed.filter(isRecord).flatMap((file) => text(own(file, "sha256_after")) ?? []));
}

function toChanges(changed: unknown): readonly string[] {
  if (!Array.isArray(changed)) return [];
  return changed.filter(isRecord).map((file) => {
    const [name, added, removed] = ["file", "added", "removed"].map((key) => own(file, key));
    return `${text(name) ?? "a file"} +${Number(added)} -${Number(removed)}`;
  });
}
