import { writePlan } from "../../../mcp-server/src/disk/write-plan.ts";
import { explain } from "../claude-code.ts";
import type { Context } from "../context.ts";

/**
 * Renders the plan when the last answer that it needs is accepted, and puts it where the human looks for it. Comes after the
 * check of the answers.
 */
export function writeFinishedPlan(context: Context): null {
  const { audit, project } = context;
  const { isRunning, outcome, diagnosis, translation } = audit.state();
  const isFinished = diagnosis !== null && (translation !== null || diagnosis.issues.length === 0);
  if (!isRunning || outcome !== null || !isFinished) return null;
  try {
    const { kept } = writePlan(project, "", new Date().toISOString().slice(0, 10));
    const traces = audit.state().summaries.map(({ facts }) => facts.trace_id);
    audit.append({ event: "plan_kept", traces: traces.join(" "), file: kept });
    audit.append({ event: "plan_written", words: "" });
  } catch (error) {
    audit.append({ event: "plan_failed", words: `${explain(error)}.` });
  }
  return null;
}
