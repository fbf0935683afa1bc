import { join } from "node:path";
import { parseApprovals } from "../audit/layout/approvals-log.ts";
import { parseKeptName } from "../audit/layout/kept-plans.ts";
import { APPROVALS_PATH, AUDITS } from "../audit/layout/places.ts";
import type { KeptPlan } from "../audit/plan/kept-plan.ts";
import { traceIdsOf } from "../audit/plan/plan.ts";
import { parsePlan } from "../audit/plan/parse.ts";
import { namesIn, tryRead } from "./files.ts";
import { MAX_BYTES } from "./plan-file.ts";

/** Every kept plan of the project, in no order. A file that is a link or has another name is none. Never throws. */
export function readKeptPlans(projectFolder: string): readonly KeptPlan[] {
  const folder = join(projectFolder, AUDITS);
  const approvals = parseApprovals(tryRead(join(projectFolder, APPROVALS_PATH))?.text ?? "");
  return namesIn(folder).flatMap((file) => {
    const content = parseKeptName(file) === null ? null : tryRead(join(folder, file), MAX_BYTES);
    if (content === null) return [];
    const { text, sha256 } = content;
    return [{ file, sha256, plan: parsePlan(text).plan, status: approvals.get(sha256) ?? null }];
  });
}

/** The ids of all traces that a kept plan is about. Never throws. */
export function readAuditedTraces(projectFolder: string): ReadonlySet<string> {
  return new Set(readKeptPlans(projectFolder).flatMap(({ plan }) => traceIdsOf(plan)));
}
