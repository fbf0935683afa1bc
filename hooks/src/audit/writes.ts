import { own, text, type JsonRecord } from "../../../mcp-server/src/trace/values/json.ts";
import { keepPlan } from "../../../mcp-server/src/disk/audits.ts";
import { toComparisonLines } from "../../../mcp-server/src/disk/comparison.ts";
import { checkComparison } from "../../../mcp-server/src/audit/compare/render.ts";
import { putComparison } from "../../../mcp-server/src/audit/compare/section.ts";
import { checkPlan, type CheckedPlan } from "../../../mcp-server/src/audit/plan/check.ts";
import { putPictures } from "../../../mcp-server/src/audit/plan/pictures.ts";
import { PLAN_PATH } from "../../../mcp-server/src/audit/plan/wording.ts";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { note, stateOf, toolInput } from "./audit.ts";
import { toEdited } from "./edited.ts";
import { deny, foldersOf, toReason, type HookAnswer, type Machine } from "../claude-code.ts";
import { createLinkJudge, locate, type Place } from "../places.ts";

/** The tools that write files, and where they say which. */
const PATHS: Readonly<Record<string, string>> = {
  Write: "file_path",
  Edit: "file_path",
  MultiEdit: "file_path",
  NotebookEdit: "notebook_path",
};

const ONLY_PLAN = `Below docs/audit the only file to write is ${PLAN_PATH}: summaries come from write_summary, and the history and its index are kept by the plugin.`;

/** Guards what tools write: below docs/audit nothing but a valid plan, and in an audit nothing else anywhere. */
export async function guardWrites(event: JsonRecord, machine: Machine): Promise<HookAnswer> {
  const path = writtenPath(event);
  if (path === null) return null;
  const { project, cwd } = foldersOf(event, machine);
  const place = tryLocate(project, cwd, path);
  if (place === "unknown")
    return deny(`Nobody can tell where ${JSON.stringify(path)} leads, as a link in it goes nowhere.`);
  if (place === "audit")
    return deny(`${ONLY_PLAN} If docs, docs/audit or the plan is a link, the human has to remove it.`);
  if (place === "elsewhere")
    return stateOf(event, machine).isRunning
      ? deny(`/audit changes no file but ${PLAN_PATH}. The changes belong into the plan, for the human to review.`)
      : null;
  return judgePlan(event, machine, project);
}

function writtenPath(event: JsonRecord): string | null {
  const field = PATHS[text(own(event, "tool_name")) ?? ""];
  return field === undefined ? null : text(own(toolInput(event), field));
}

function tryLocate(project: string, cwd: string, path: string): Place | "unknown" {
  try {
    return locate(project, cwd, path);
  } catch {
    return "unknown";
  }
}

async function judgePlan(event: JsonRecord, machine: Machine, project: string): Promise<HookAnswer> {
  const known = readPlan(project);
  const tool = text(own(event, "tool_name")) ?? "";
  const written = toEdited(tool, toolInput(event), known);
  if (written === null)
    return deny(
      `What this edit makes of ${PLAN_PATH} cannot be told before it is done. Write the whole plan with Write.`,
    );
  const { isRunning, summaries } = stateOf(event, machine);
  const traces = summaries.map(({ trace_id }) => trace_id);
  const lines = isRunning ? await toComparisonLines(project, traces) : [];
  // The comparison and the pictures are computed, so they are put in here and never asked of the model.
  const content = isRunning && tool === "Write" ? putPictures(putComparison(written, lines), summaries) : written;
  const { plan, problems } = checkHere(event, machine, project, content);
  const all = isRunning ? [...problems, ...checkComparison(plan.comparison, lines)] : problems;
  if (all.length > 0)
    return deny(toReason(`The plan was not written. Correct all of this and write it again as a whole:`, all));
  if (content === written) return null;
  const updatedInput = { ...toolInput(event), content };
  return { hookSpecificOutput: { hookEventName: "PreToolUse", updatedInput } };
}

function checkHere(event: JsonRecord, machine: Machine, project: string, content: string): CheckedPlan {
  const state = stateOf(event, machine);
  return checkPlan(content, state.isRunning ? state : null, createLinkJudge(project));
}

/** Keeps a plan that was accepted as an entry of the history, and brings the index up to date. */
export async function keepWrittenPlan(event: JsonRecord, machine: Machine): Promise<HookAnswer> {
  const path = writtenPath(event);
  const { project, cwd } = foldersOf(event, machine);
  if (path === null || tryLocate(project, cwd, path) !== "plan") return null;
  const content = readPlan(project) ?? "";
  const { plan, problems } = checkHere(event, machine, project, content);
  if (problems.length > 0)
    return { decision: "block", reason: toReason(`${PLAN_PATH} is not valid as it lies there now:`, problems) };
  const traces = plan.traces.map(({ traceId }) => traceId).join(" ");
  const own = stateOf(event, machine).kept.get(traces) ?? null;
  try {
    const date = new Date(machine.now()).toISOString().slice(0, 10);
    const file = await keepPlan(project, { content, plan, date, own });
    note(event, machine, { event: "plan_kept", traces, file });
    return null;
  } catch (error) {
    const why = error instanceof Error ? error.message : "";
    return {
      decision: "block",
      reason: `The plan lies at ${PLAN_PATH}, but it could not be kept. ${why} Tell the human.`,
    };
  }
}

function readPlan(project: string): string | null {
  const file = join(project, PLAN_PATH);
  return existsSync(file) ? readFileSync(file, "utf8") : null;
}
