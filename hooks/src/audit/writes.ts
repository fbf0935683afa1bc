import { checkComparison } from "../../../mcp-server/src/audit/compare/render.ts";
import { putComparison } from "../../../mcp-server/src/audit/compare/section.ts";
import { toEdited } from "../../../mcp-server/src/audit/edited.ts";
import { EDITING_TOOLS } from "../../../mcp-server/src/audit/editing-tools.ts";
import { PLAN_PATH } from "../../../mcp-server/src/audit/layout/places.ts";
import { checkPlan, type CheckedPlan } from "../../../mcp-server/src/audit/plan/check.ts";
import { keepPlan, noteChanges } from "../../../mcp-server/src/disk/keep-plan.ts";
import { readPlan } from "../../../mcp-server/src/disk/plan-file.ts";
import { toComparisonLines } from "../../../mcp-server/src/disk/comparison.ts";
import { own, text } from "../../../mcp-server/src/trace/values/json.ts";
import { ask, block, deny, isRefusal, listReasons, type Answer, type HookEvent } from "../claude-code.ts";
import type { Context } from "../context.ts";
import { locate } from "../audit-places.ts";
import { createLinkJudge, IN_AUDIT } from "../edit-targets.ts";

const ONLY_PLAN = `Below docs/audit the only file to write is ${PLAN_PATH}: summaries come from write_summary, and the history and its index are kept by the plugin.`;

/** Guards what tools write: below docs/audit nothing but a valid plan, and in an audit nothing else anywhere. */
export function guardWrites(context: Context): Answer {
  const { event, project, cwd, audit } = context;
  const path = writtenPath(event);
  if (path === null) return null;
  switch (locate(project, cwd, path)) {
    case "nowhere":
      return deny(`Nobody can tell where ${JSON.stringify(path)} leads, as a link in it goes nowhere.`);
    case "audit":
      return deny(`${ONLY_PLAN} If docs, docs/audit or the plan is a link, the human has to remove it.`);
    case "elsewhere":
      return audit.state().isRunning
        ? deny(`/audit changes no file but ${PLAN_PATH}. The changes belong into the plan, for the human to review.`)
        : null;
    case "plan":
      return audit.state().isRunning ? judgePlan(context) : askHuman(judgePlan(context));
  }
}

/** Outside an audit the plan is under review: the human sees each change of it first, and without a human there is none. */
function askHuman(judged: Answer): Answer {
  if (isRefusal(judged)) return judged;
  const reason = `trace-audit: ${PLAN_PATH} is under review, so the model changes it only when you asked for this very change. What changed since the audit is noted in its first lines.`;
  return { ...judged, ...ask(reason) };
}

function writtenPath({ tool, input }: HookEvent): string | null {
  const field = EDITING_TOOLS.get(tool ?? "");
  return field === undefined ? null : text(own(input, field));
}

function judgePlan(context: Context): Answer {
  const { event, project, audit } = context;
  // A Write replaces whatever lies there, so that it is not held up by what cannot be read.
  const known = event.tool === "Write" ? null : (readPlan(project)?.text ?? null);
  const written = toEdited(event.tool ?? "", event.input, known);
  if (written === null)
    return deny(
      `What this edit makes of ${PLAN_PATH} cannot be told before it is done. Write the whole plan with Write.`,
    );
  const { isRunning, summaries } = audit.state();
  const traces = summaries.map(({ trace_id }) => trace_id);
  const lines = isRunning ? toComparisonLines(project, traces) : [];
  // The comparison is computed, so it is put in here and never asked of the model.
  const content = isRunning && event.tool === "Write" ? putComparison(written, lines) : written;
  const { plan, problems } = check(content, context);
  const all = isRunning ? [...problems, ...checkComparison(plan.comparison, lines)] : problems;
  if (all.length > 0)
    return deny(listReasons(`The plan was not written. Correct all of this and write it again as a whole:`, all));
  return content === written ? null : { updatedInput: { ...event.input, content } };
}

function check(content: string, { project, ownFolders }: Context): CheckedPlan {
  return checkPlan(content, createLinkJudge(project, ownFolders, IN_AUDIT), null);
}

/** Keeps a copy of a plan that was accepted, and brings the index up to date. */
export function keepWrittenPlan(context: Context): Answer {
  const { event, project, cwd, audit } = context;
  const path = writtenPath(event);
  if (path === null || locate(project, cwd, path) !== "plan") return null;
  const content = readPlan(project)?.text ?? "";
  const { plan, problems } = check(content, context);
  if (problems.length > 0) return block(listReasons(`${PLAN_PATH} is not valid as it lies there now:`, problems));
  if (!audit.state().isRunning) {
    noteChanges(project, content);
    return null;
  }
  const traces = plan.traces.map(({ traceId }) => traceId).join(" ");
  try {
    const date = new Date().toISOString().slice(0, 10);
    const file = keepPlan(project, { content, plan, date, own: audit.state().kept.get(traces) ?? null });
    audit.append({ event: "plan_kept", traces, file });
    return null;
  } catch (error) {
    const why = error instanceof Error ? error.message : "";
    return block(`The plan lies at ${PLAN_PATH}, but it could not be kept. ${why} Tell the human.`);
  }
}
