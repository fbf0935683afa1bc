import { basename, join } from "node:path";
import { parseApprovals } from "../audit/layout/approvals-log.ts";
import { APPROVALS_PATH, AUDITS, PLAN_PATH } from "../audit/layout/places.ts";
import { byAge, dateOf } from "../audit/plan/kept-plan.ts";
import { parsePlan } from "../audit/plan/parse.ts";
import { traceIdsOf } from "../audit/plan/plan.ts";
import { openFolder, readPlain, toWriteError, tryRead, type Content } from "./files.ts";
import { keepPlan } from "./keep-plan.ts";
import { readKeptPlans } from "./kept-plans.ts";
import { replacePlan } from "./plan-file.ts";

/** A plan that lay there and was not executed. */
export type Replaced = {
  /** The kept plan that holds it, relative to the project. */
  readonly file: string;
  /** Whether it had been changed since its audit. */
  readonly isEdited: boolean;
};

/** What writing a plan came to. */
export type WrittenPlan = {
  /** Its own kept plan, by its name below docs/audit. */
  readonly kept: string;
  readonly replaced: Replaced | null;
};

/**
 * Puts a plan at docs/audit/IMPLEMENTATION_PLAN.md, atomically, keeps it in the history and brings the index up to date. What
 * lies there is kept first, unless the history has it byte for byte. `date` is `YYYY-MM-DD`, in UTC. Throws an AuditError, with
 * the old plan still in its place, when that cannot be read or kept, when a link stands in the way, or when the new one cannot
 * be written; and with the new one in its place when it is only the history that cannot.
 */
export function writePlan(projectFolder: string, content: string, date: string): WrittenPlan {
  const replaced = keepReplaced(projectFolder, content, date);
  const { sha256 } = replacePlan(projectFolder, content);
  const own = findKept(projectFolder, sha256);
  const { plan } = parsePlan(content);
  return { kept: keepPlan(projectFolder, { content, plan, date, own }), replaced };
}

function keepReplaced(projectFolder: string, content: string, date: string): Replaced | null {
  const known = readReplaced(projectFolder);
  if (known === null || known.text.trim() === "" || known.text === content) return null;
  const log = parseApprovals(tryRead(join(projectFolder, APPROVALS_PATH))?.text ?? "");
  const isExecuted = (log.get(known.sha256)?.executedAt ?? null) !== null;
  const kept = findKept(projectFolder, known.sha256);
  const file = kept ?? keepEdited(projectFolder, known.text, date);
  return isExecuted ? null : { file: `${AUDITS}/${file}`, isEdited: kept === null };
}

/** Keeps a plan that was changed since its audit; it belongs to the day of that audit, as far as the history knows. */
function keepEdited(projectFolder: string, content: string, date: string): string {
  const { plan } = parsePlan(content);
  const traces = traceIdsOf(plan).join(" ");
  const origin = readKeptPlans(projectFolder)
    .filter((kept) => traceIdsOf(kept.plan).join(" ") === traces)
    .toSorted(byAge)
    .at(-1);
  const day = origin === undefined ? date : dateOf(origin.file);
  return keepPlan(projectFolder, { content, plan, date: day, own: null });
}

/** The name of the newest kept plan that is this one, byte for byte, or null. */
function findKept(projectFolder: string, sha256: string): string | null {
  const same = readKeptPlans(projectFolder).filter((kept) => kept.sha256 === sha256);
  return same.toSorted(byAge).at(-1)?.file ?? null;
}

function readReplaced(projectFolder: string): Content | null {
  try {
    return readPlain(join(openFolder(projectFolder, AUDITS), basename(PLAN_PATH)));
  } catch (error) {
    throw toWriteError(error, "plan", PLAN_PATH);
  }
}
