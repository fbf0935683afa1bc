import type { Diagnosis } from "../../../mcp-server/src/audit/answers/prompt-engineer.ts";
import { renderClosingWords } from "../../../mcp-server/src/audit/plan/closing-words.ts";
import { renderPlan } from "../../../mcp-server/src/audit/plan/render.ts";
import { tellComparison } from "../../../mcp-server/src/disk/comparison.ts";
import { readPromptFiles } from "../../../mcp-server/src/disk/prompt-files.ts";
import { writePlan } from "../../../mcp-server/src/disk/write-plan.ts";
import { explain } from "../claude-code.ts";
import type { Context } from "../context.ts";

/**
 * Renders the plan when the last answer that it needs is accepted, and puts it where the human looks for it. Comes after the
 * check of the answers.
 */
export function writeFinishedPlan(context: Context): null {
  const { audit } = context;
  const { isRunning, outcome, diagnosis, translation } = audit.state();
  const isFinished = diagnosis !== null && (translation !== null || diagnosis.issues.length === 0);
  if (!isRunning || outcome !== null || !isFinished) return null;
  try {
    audit.append({ event: "plan_written", words: render(context, diagnosis) });
  } catch (error) {
    audit.append({ event: "plan_failed", words: `${explain(error)}.` });
  }
  return null;
}

/** Renders and writes the plan; returns the words for the human. Throws an AuditError when it cannot be written. */
function render({ audit, project, env }: Context, diagnosis: Diagnosis): string {
  const { summaries, translation, skipped } = audit.state();
  const facts = summaries.map((summary) => summary.facts);
  const traces = facts.map(({ trace_id }) => trace_id);
  const compared = tellComparison(project, traces, env);
  const files = readPromptFiles(project);
  const plan = renderPlan({ facts, diagnosis, translation, files, comparison: compared?.lines ?? [] });
  const { kept, replaced } = writePlan(project, plan, new Date().toISOString().slice(0, 10));
  audit.append({ event: "plan_kept", traces: traces.join(" "), file: kept });
  const comparison = compared?.words ?? null;
  return renderClosingWords({ facts, diagnosis, translation, files, skipped, replaced, comparison });
}
