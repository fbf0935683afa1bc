import { isRecord, own, text, parseRecord } from "../../trace/values/json.ts";

/** A file that an approval covers. */
export type ApprovedFile = {
  /** As the plan names it. */
  readonly file: string;
  /** Where it lies once links are followed, absolute; equal to what the guard resolves a tool's path to. */
  readonly real: string;
  /** Null when it did not exist. */
  readonly sha256_before: string | null;
  /** Its text at the approval, by which edits are judged; "" when it did not exist. */
  readonly before: string;
  /** The hash of the text (`toCompared`) that an allowed edit has to leave there; null before the first. */
  readonly expected: string | null;
};

/**
 * `pending`: `/plop` was typed and nothing is approved yet, or ever, when the hook that approves does not get to it. `running`: the listed files may be edited in the approved turn. `ended`: not any more, and what was changed is not yet
 * recorded. `spent`: recorded; kept so that the rest of that turn stays guarded.
 */
export type Stage = "pending" | "running" | "ended" | "spent";

/** One approval of one plan by one `/plop`. */
export type Approval = {
  readonly session_id: string;
  /** The turn that the human's prompt began, to which alone it belongs. */
  readonly prompt_id: string;
  readonly project: string;
  readonly plan_sha256: string;
  /** The kept plan with that hash, relative to the project, or null. */
  readonly plan_file: string | null;
  /** ISO 8601. */
  readonly approved_at: string;
  readonly stage: Stage;
  /** Why it ended before the turn did, or null. */
  readonly cause: string | null;
  readonly files: readonly ApprovedFile[];
};

const STAGES: readonly Stage[] = ["pending", "running", "ended", "spent"];
const SHA256 = /^[0-9a-f]{64}$/u;

/** What stands for an approval between the prompt and its expansion, so that a turn without one edits nothing. */
export function toPending(session_id: string, prompt_id: string, project: string, at: string): Approval {
  return {
    session_id,
    prompt_id,
    project,
    plan_sha256: "0".repeat(64),
    plan_file: null,
    approved_at: at,
    stage: "pending",
    cause: "no plan was approved",
    files: [],
  };
}

/** Reads an approval's JSON text, or null when any part of it is not as it has to be. */
export function parseApproval(json: string): Approval | null {
  const value = parseRecord(json);
  if (value === null) return null;
  const keys = ["session_id", "prompt_id", "project", "plan_sha256", "approved_at"];
  const [session_id, prompt_id, project, plan_sha256, approved_at] = keys.map((key) => text(own(value, key)));
  const stage = STAGES.find((known) => known === own(value, "stage"));
  const listed = own(value, "files");
  const files = Array.isArray(listed) ? listed.map(parseFile) : [null];
  const known = files.filter((file) => file !== null);
  const [plan_file, cause] = ["plan_file", "cause"].map((key) => own(value, key));
  if (!isTextOrNull(plan_file) || !isTextOrNull(cause)) return null;
  if (!session_id || !prompt_id || !project || !plan_sha256 || !SHA256.test(plan_sha256) || !approved_at) return null;
  if (stage === undefined || known.length < files.length) return null;
  return { session_id, prompt_id, project, plan_sha256, plan_file, approved_at, stage, cause, files: known };
}

function parseFile(value: unknown): ApprovedFile | null {
  if (!isRecord(value)) return null;
  const [file, real] = ["file", "real"].map((key) => text(own(value, key)));
  const hash = own(value, "sha256_before");
  const before = own(value, "before");
  if (!file || !real || typeof before !== "string") return null;
  const expected = own(value, "expected");
  if (!isHashOrNull(hash) || !isHashOrNull(expected)) return null;
  return { file, real, sha256_before: hash, before, expected };
}

function isHashOrNull(value: unknown): value is string | null {
  return value === null || (typeof value === "string" && SHA256.test(value));
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === "string";
}
