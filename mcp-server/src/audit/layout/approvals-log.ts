import { isRecord, own, text, parseRecord, type JsonRecord } from "../../trace/values/json.ts";

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
 * that. `undone`: the files hold again what they held before. `refused`: a `/plop` that was not accepted, or, with `tool`, a call that was refused while one ran.
 */
export type ApprovalsLine = {
  readonly event: "approved" | "executed" | "stopped" | "undone" | "refused";
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

/** What can happen to a plan. */
const EVENTS = ["approved", "executed", "stopped", "undone"] as const;

/** What the approvals log says of one plan; times are ISO 8601. */
export type PlanStatus = {
  /** What happened to it last. */
  readonly event: (typeof EVENTS)[number];
  /** When it was last approved; null when that is not recorded. */
  readonly approvedAt: string | null;
  /** When its execution first changed a file; null when none did, or when that was undone. */
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
    const event = EVENTS.find((name) => name === own(record, "event"));
    if (sha256 === null || event === undefined) continue;
    const known = plans.get(sha256);
    const { approvedAt = null, isEdited = false } = known ?? {};
    const { executedAt = null, changed: before = [] } = (event === "undone" ? undefined : known) ?? {};
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

/** How the plan with this hash differs from the one that its audit wrote, as it was approved last; none where it does not. */
export function parseEdited(log: string, sha256: string): readonly string[] {
  const lines = log.split("\n").map((line) => parseRecord(line) ?? {});
  const approved = lines.findLast((line) => own(line, "event") === "approved" && own(line, "plan_sha256") === sha256);
  const edited = own(approved ?? {}, "edited");
  return Array.isArray(edited) ? edited.filter((line) => typeof line === "string") : [];
}

/** What one execution did to one file, as the log has it. */
type Execution = { readonly plan: JsonRecord; readonly files: readonly JsonRecord[] };

/**
 * The plans whose execution was undone and of which the log does not know it: each file that it changed holds again what it
 * held before that, or before an earlier execution that is undone with it. `hashOf` gives a file's SHA-256 as it is, null
 * without a file, undefined where that cannot be told. `at`: ISO 8601.
 */
export function findUndone(
  log: string,
  hashOf: (file: string) => string | null | undefined,
  at: string,
  session_id: string,
): readonly ApprovalsLine[] {
  const executions: Execution[] = [];
  for (const line of log.split("\n")) {
    const plan = parseRecord(line) ?? {};
    const changed = own(plan, "changed");
    const files = Array.isArray(changed) ? changed.filter(isRecord) : [];
    const isOf = (one: Execution): boolean => own(one.plan, "plan_sha256") === own(plan, "plan_sha256");
    if (own(plan, "event") === "undone")
      executions.splice(0, executions.length, ...executions.filter((one) => !isOf(one)));
    else if (own(plan, "event") === "executed" && files.length > 0) executions.push({ plan, files });
  }
  return executions.flatMap(({ plan, files }, index) => {
    const earlier = executions.slice(0, index + 1).flatMap((one) => one.files);
    const isBack = files.every((file) => {
      const now = hashOf(text(own(file, "file")) ?? "");
      const befores = earlier
        .filter((one) => own(one, "file") === own(file, "file"))
        .map((one) => own(one, "sha256_before"));
      return now !== undefined && now !== own(file, "sha256_after") && befores.includes(now);
    });
    const [plan_sha256, plan_file] = [text(own(plan, "plan_sha256")), text(own(plan, "plan_file"))];
    const line = { event: "undone", at, session_id, plan_sha256, plan_file, reason: null, tool: null } as const;
    return isBack && plan_sha256 !== null ? [{ ...line, files: [], changed: [], edited: [] }] : [];
  });
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
