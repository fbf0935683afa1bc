import type { FailureClass } from "../call/command-failures.ts";
import type { Ending } from "../run/outcome.ts";
import { isPlan, isProse } from "../timeline/changes.ts";
import type { Timeline } from "../timeline/timeline.ts";
import type { Evidence } from "../values/vocabulary.ts";
import type { StepResult } from "./check-results.ts";
import { covers, coversLanguage } from "./covers.ts";
import type { Did } from "./steps.ts";
import { isData, isKnown, mayCheck } from "./unchecked.ts";

/**
 * What the outcome of a run rests on; null where the trace does not tell. Of the checks those count that ran after the last
 * change of a file of the project and look at a changed file, see covers.ts: a kind of check (test, lint, build) is what
 * its last one came to, and a test that is hidden is not made good by a linter that passed. Where none came to anything,
 * a last check of the run that failed still stands.
 * `steps` are those of all agents.
 */
export function toEvidence(steps: readonly Did[], timeline: Timeline, ending: Ending): Evidence | null {
  if (ending.isInterrupted) return "interrupted";
  if (ending.isApiError) return "api_error";
  if (!ending.isWhole) return null;
  if (ending.isCutOff) return "cut_off";
  return ending.hasFinalAnswer ? toCheckEvidence(steps, timeline) : null;
}

function toCheckEvidence(steps: readonly Did[], timeline: Timeline): Evidence | null {
  const checks = steps.flatMap((step, at) => toChecks(step).map((check) => ({ ...check, at, step })));
  if (!timeline.isOrderKnown) return toUnordered(new Set(checks.map(({ came }) => came)), steps, timeline);
  const { at: changedAt, files } = lastChange(steps, timeline);
  const later = checks.filter(({ at, step }) => at > changedAt && isFitting(step, files));
  const last = new Map(later.map(({ kind, came }) => [kind, came]));
  if ([...last.values()].includes("failed")) return "check_failed";
  const decisive =
    last.get("test") ?? (last.get("lint") === "passed" ? "passed" : (last.get("build") ?? last.get("lint")));
  if (decisive === undefined && checks.at(-1)?.came === "failed") return "check_failed";
  if (decisive === "passed") return changedAt === -1 ? "no_change" : "check_passed";
  if (decisive === "hidden" || steps.some((step, at) => at > changedAt && isUnseen(step, timeline)))
    return "check_hidden";
  return toNone(changedAt === -1, timeline);
}

function toUnordered(came: ReadonlySet<Came>, steps: readonly Did[], timeline: Timeline): Evidence | null {
  if (came.has("failed")) return came.has("passed") ? null : "check_failed";
  if (came.has("passed")) return null;
  if (came.has("hidden") || steps.some((step) => isUnseen(step, timeline))) return "check_hidden";
  return toNone(lastChange(steps, timeline).at === -1, timeline);
}

/** Nothing was checked: said only where the trace shows what was edited and run. */
function toNone(isUnchanged: boolean, timeline: Timeline): Evidence | null {
  if (!isKnown(timeline)) return null;
  return isUnchanged ? "no_change" : "no_check";
}

type Came = "passed" | "failed" | "hidden";
type Check = { readonly kind: "test" | "lint" | "build"; readonly came: Came };

/** A runner that is not there, or was called wrongly, checked nothing. */
const UNCHECKED: ReadonlySet<FailureClass> = new Set(["command not found", "no such script", "usage error"] as const);

/** What the checks of a step came to, those of a commit's hook included. A formatter tells nothing of what code does. */
function toChecks({ kind, result, call }: Did): readonly Check[] {
  if (result === null || result.verdict === "not_run" || call.neverRan) return [];
  if (kind === "git") return hookChecks(result);
  const { step, isEmpty, failure } = result;
  if (kind !== "check" || isEmpty || !isTelling(step.kind)) return [];
  if (failure !== null && UNCHECKED.has(failure)) return [];
  return [{ kind: step.kind, came: toCame(result.verdict) }];
}

function hookChecks({ hook, hookRan, verdict }: StepResult): readonly Check[] {
  return [
    ...hook.flatMap(({ kind, isGood }) =>
      isTelling(kind) ? [{ kind, came: isGood ? "passed" : "failed" } as const] : [],
    ),
    ...hookRan.flatMap((kind) =>
      isTelling(kind) ? [{ kind, came: verdict === "ok" ? "passed" : "hidden" } as const] : [],
    ),
  ];
}

function isTelling(kind: string): kind is Check["kind"] {
  return kind === "test" || kind === "lint" || kind === "build";
}

function toCame(verdict: StepResult["verdict"]): Came {
  return verdict === "ok" ? "passed" : verdict === "failed" ? "failed" : "hidden";
}

/** Where the last file was changed that a check could look at, -1 where none was, and all such files; of those none, of any. */
function lastChange(
  steps: readonly Did[],
  timeline: Timeline,
): { readonly at: number; readonly files: readonly string[] } {
  const changes = steps.map((step) => changedBy(step, timeline));
  const checkable = changes.map((files) =>
    files.length === 0 ? NONE : files.filter((file) => !isProse(file) && !isData(file)),
  );
  const lastOf = (lists: readonly (readonly string[])[]): number => lists.findLastIndex((list) => list.length > 0);
  if (lastOf(checkable) !== -1) return { at: lastOf(checkable), files: [...new Set(checkable.flat())] };
  return { at: lastOf(changes) === -1 ? steps.findIndex(mayChange) : lastOf(changes), files: [] };
}

/** A step that changed files without naming them. */
function mayChange({ kind, call }: Did): boolean {
  if (kind === "refused") return false;
  return call.changed === "any" || (call.op === "edit" && call.error === null && call.path === null);
}

// Most steps change nothing.
const NONE: readonly string[] = [];

/** The files of the project that a step changed; a plan file is none, and a refused command changed nothing. */
function changedBy({ kind, call }: Did, { paths }: Timeline): readonly string[] {
  if (kind === "refused" || call.changed === "any" || call.edit?.touches === "comments") return NONE;
  if (call.changed.length === 0) return NONE;
  return call.changed.filter((file) => !isPlan(file) && paths.place(file) !== "(outside)");
}

function isFitting({ kind, files, result }: Did, changed: readonly string[]): boolean {
  if (kind !== "check" || result === null || changed.length === 0) return true;
  const { name, kind: check } = result.step;
  return changed.some((file) => coversLanguage(name, file) && covers(check, files, file));
}

/** A subagent whose calls are not recorded may have checked. */
function isUnseen({ kind, call }: Did, timeline: Timeline): boolean {
  return (
    kind === "agent" &&
    call.error === null &&
    timeline.calls.every(({ actor }) => actor === "main") &&
    mayCheck(timeline)
  );
}
