import type { Call, Timeline } from "../timeline.ts";
import { type Pattern } from "./pattern.ts";

/** Below this many main calls a run is too short for a plan to be late. */
const MIN_CALLS = 8;
/** A plan step within the first 40 % of the main calls is in time; 8.8 % of real turns have one (docs/base-rates.md). */
const EARLY = 0.4;

/**
 * A plan tool (TaskCreate, TodoWrite, EnterPlanMode, ExitPlanMode; not TaskUpdate) is used for the first time after the
 * first edit, or after 40 % of the main agent's calls with edits still to come. Never planning is no symptom: about 96 % of real runs never do.
 */
export const latePlanning: Pattern = {
  id: "late_planning",
  detect: ({ timeline }) => {
    if (!timeline.isOrderKnown) return null;
    const calls = timeline.mainCalls;
    const at = calls.findIndex(({ op }) => op === "plan");
    const plan = calls[at];
    if (plan === undefined || calls.length < MIN_CALLS) return null;
    const edit = calls.slice(0, at).find((call) => isEdit(call, timeline));
    // Plan mode ends with its plan, so there it cannot be late; and a plan that no work follows is the work.
    const isLate =
      at / calls.length > EARLY &&
      !plan.tool.endsWith("planmode") &&
      calls.slice(at).some((call) => isEdit(call, timeline));
    if (edit === undefined && !isLate) return null;
    return {
      severity: "low",
      count: at,
      detail: `first plan step is call ${at + 1} of ${calls.length}${edit === undefined ? "" : ", after the first edit"}`,
      observations: edit === undefined ? [plan.id] : [edit.id, plan.id],
    };
  },
};

/** An edit of the project; the file in which plan mode keeps its plan is none. */
function isEdit({ op, error, path }: Call, { paths }: Timeline): boolean {
  return op === "edit" && error === null && !(path !== null && paths.key(path).includes("/.claude/plans/"));
}
