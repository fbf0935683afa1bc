import { tellAfterwards } from "../evidence/afterwards.ts";
import { dateOf, type KeptPlan } from "../plan/kept-plan.ts";
import type { Run } from "./run.ts";

// What a comparison shows beside its criteria. It decides nothing.

const MAX_FILES = 5;

/** The time from the first start of these runs to the last, ISO 8601; null where none is recorded. */
export function spanOf(runs: readonly Run[]): { readonly from: string; readonly to: string } | null {
  const starts = runs.flatMap(({ startedAt }) => startedAt ?? []).toSorted();
  const [from, to] = [starts[0], starts.at(-1)];
  return from === undefined || to === undefined ? null : { from, to };
}

/** What git knew of the commits of both sides; null where it knew nothing of either. */
export function compareAfterwards(then: readonly Run[], now: readonly Run[]): string | null {
  const [before, after] = [then, now].map((runs) => tellAfterwards(runs.map(({ afterwards }) => afterwards)));
  if (before == null && after == null) return null;
  return `Git afterwards, when each side was audited: then ${before ?? "not known"}; now ${after ?? "not known"}.`;
}

/**
 * Which instructions changed while these runs were made, and by whom; null where none is known to have. `byOthers` are the
 * prompt files that commits gave something else than a `/plop` left.
 */
export function tellInstructionChanges(
  audits: readonly KeptPlan[],
  span: { readonly from: string; readonly to: string },
  byOthers: readonly string[],
): string | null {
  const executed = audits.filter(({ status }) => {
    const at = status?.executedAt ?? null;
    return at !== null && at > span.from && at <= span.to;
  });
  const byPlans = executed.flatMap(({ file, status }) =>
    (status?.changed ?? []).length === 0 ? [] : [`${listFiles(status?.changed ?? [])} by the plan of ${dateOf(file)}`],
  );
  const all = [...byPlans, ...(byOthers.length === 0 ? [] : [`${listFiles(byOthers)} by commits that no plan made`])];
  if (all.length === 0) return null;
  return `The instructions changed between the first and the last of these runs: ${all.join("; ")}.`;
}

function listFiles(files: readonly string[]): string {
  const left = files.length - MAX_FILES;
  return `${files.slice(0, MAX_FILES).join(", ")}${left > 0 ? ` and ${left} more` : ""}`;
}
