import { isPlanFile } from "../timeline/changes.ts";
import type { ToolCall } from "../call/tool-call.ts";
import type { Paths } from "../timeline/paths.ts";
import { type Pattern } from "./pattern.ts";

/** Below this many main calls a run is too short for a plan to be late. */
const MIN_CALLS = 8;
/** A plan step within the first 40 % of the main calls is in time. */
const EARLY = 0.4;

/**
 * A plan is begun (TaskCreate, TodoWrite, EnterPlanMode, ExitPlanMode; not TaskUpdate) after the first edit, or after
 * 40 % of the main agent's calls when by then commands were run and work was delegated, and edits are still to come.
 * Reading first and planning then is the recommended order (explore, plan, code), so looking around alone makes no plan
 * late. A TodoWrite with steps that are done keeps an earlier list, and so may one whose steps are not recorded. Never
 * planning is no symptom: about 96 % of real runs never do.
 */
export const latePlanning: Pattern = {
  id: "late_planning",
  detect: ({ timeline }) => {
    if (!timeline.isOrderKnown) return null;
    const calls = timeline.mainCalls;
    const at = calls.findIndex(isPlan);
    const plan = calls[at];
    if (plan === undefined || calls.length < MIN_CALLS) return null;
    const before = calls.slice(0, at);
    const edit = before.find((call) => isEdit(call, timeline.paths));
    // Plan mode ends with its plan, so there it cannot be late; and a plan that no work follows is the work.
    const isLate =
      at / calls.length > EARLY &&
      !plan.tool.endsWith("planmode") &&
      before.some(({ op }) => op === "delegate") &&
      before.some(({ op }) => op === "exec" || op === "test" || op === "check") &&
      calls.slice(at).some((call) => isEdit(call, timeline.paths));
    if (edit === undefined && !isLate) return null;
    return {
      severity: "low",
      count: at,
      detail: `first plan step is call ${at + 1} of ${calls.length}${edit === undefined ? "" : ", after the first edit"}`,
      observations: edit === undefined ? [plan.id] : [edit.id, plan.id],
    };
  },
};

function isPlan({ op, tool, todos }: ToolCall): boolean {
  if (tool === "todowrite") return todos !== null && todos.every(({ status }) => status !== "completed");
  return op === "plan";
}

function isEdit(call: ToolCall, paths: Paths): boolean {
  return call.op === "edit" && call.error === null && !isPlanFile(call, paths);
}
