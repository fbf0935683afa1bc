import { isCheck, toVerdict } from "../run/checks.ts";
import type { Pattern } from "./pattern.ts";

/** The run ended with a final answer although its last test or check failed (MAST FM-3.1, premature termination: 6.2 %). */
export const endedOnFailingCheck: Pattern = {
  id: "ended_on_failing_check",
  detect: ({ timeline, ending }) => {
    if (!ending.completed || !timeline.isOrderKnown) return null;
    const checks = timeline.calls.filter(isCheck);
    const last = checks.at(-1);
    if (last === undefined || toVerdict(last) !== "failed") return null;
    const streak = checks.length - 1 - checks.findLastIndex((check) => toVerdict(check) === "passed");
    return {
      severity: "high",
      count: streak,
      detail: `the last ${last.op} failed and the run ended`,
      observations: [last.id],
    };
  },
};
