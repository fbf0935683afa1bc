import { toEdited } from "../../../mcp-server/src/audit/edited.ts";
import { EDITING_TOOLS } from "../../../mcp-server/src/audit/editing-tools.ts";
import { MARKS_PATH, PLAN_PATH } from "../../../mcp-server/src/audit/layout/places.ts";
import { checkPlan, type CheckedPlan } from "../../../mcp-server/src/audit/plan/check.ts";
import { noteChanges } from "../../../mcp-server/src/disk/keep-plan.ts";
import { readPlan } from "../../../mcp-server/src/disk/plan-file.ts";
import { own, text } from "../../../mcp-server/src/trace/values/json.ts";
import { ask, block, deny, isRefusal, listReasons, type Answer, type HookEvent } from "../claude-code.ts";
import type { Context } from "../context.ts";
import { locate } from "../audit-places.ts";
import { createLinkJudge, IN_AUDIT } from "../edit-targets.ts";

const IN_AN_AUDIT =
  "/audit writes no file with a tool: the plan is rendered and written by trace-audit, and the human reviews it.";
const ONLY_PLAN = `Below docs/audit the only file to write is ${PLAN_PATH}: summaries come from write_summary, the history and its index are kept by the plugin, and ${MARKS_PATH} is the human's to edit.`;

/** Guards what tools write: below docs/audit nothing but a valid plan, and in an audit nothing anywhere. */
export function guardWrites(context: Context): Answer {
  const { event, project, cwd, audit } = context;
  const path = writtenPath(event);
  if (path === null) return null;
  if (audit.state().isRunning) return deny(IN_AN_AUDIT);
  switch (locate(project, cwd, path)) {
    case "nowhere":
      return deny(`Nobody can tell where ${JSON.stringify(path)} leads, as a link in it goes nowhere.`);
    case "audit":
      return deny(`${ONLY_PLAN} If docs, docs/audit or the plan is a link, the human has to remove it.`);
    case "elsewhere":
      return null;
    case "plan":
      return askHuman(judgePlan(context));
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
  const { event, project } = context;
  // A Write replaces whatever lies there, so that it is not held up by what cannot be read.
  const known = event.tool === "Write" ? null : (readPlan(project)?.text ?? null);
  const written = toEdited(event.tool ?? "", event.input, known);
  if (written === null)
    return deny(
      `What this edit makes of ${PLAN_PATH} cannot be told before it is done. Write the whole plan with Write.`,
    );
  const { problems } = check(written, context);
  return problems.length === 0
    ? null
    : deny(listReasons(`The plan was not written. Correct all of this and write it again as a whole:`, problems));
}

function check(content: string, { project, ownFolders }: Context): CheckedPlan {
  return checkPlan(content, createLinkJudge(project, ownFolders, IN_AUDIT), null);
}

/** A plan that was changed after its audit says in its first lines what changed. */
export function noteWrittenPlan(context: Context): Answer {
  const { event, project, cwd } = context;
  const path = writtenPath(event);
  if (path === null || locate(project, cwd, path) !== "plan") return null;
  const content = readPlan(project)?.text ?? "";
  const { problems } = check(content, context);
  if (problems.length > 0) return block(listReasons(`${PLAN_PATH} is not valid as it lies there now:`, problems));
  noteChanges(project, content);
  return null;
}
