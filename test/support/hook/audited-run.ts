import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { PLAN } from "../claude/replayed-audit.ts";
import { toPlan } from "../claude/replayed-plan.ts";
import { ENGINEER, openHookSession, SPECIALIST, startAudit, type HookSession, type SummaryFile } from "./run-hook.ts";

export const RUN: SummaryFile = {
  trace_id: "4f1d9a7b3c2e5f60",
  goal: "Add a divide function to the calculator",
  started_at: "2026-11-20T09:12:44.000Z",
  outcome: "partial_success",
  notable_patterns: ["repeated_file_reads", "late_planning"],
  metrics: { tool_calls: 23, tool_calls_per_task: 5.75, plan_before_first_tool: false, success: false },
};
export const OTHER_RUN: SummaryFile = {
  trace_id: "9b8c7d6e5f4a3b21",
  goal: null,
  started_at: null,
  outcome: "success",
  notable_patterns: ["repeated_file_reads"],
  metrics: { tool_calls: 9, tool_calls_per_task: null, plan_before_first_tool: null, success: true },
};

export const DIAGNOSIS = {
  issues: [
    {
      symptom: "src/calc.js was read four times without a change in between",
      root_cause: "No instruction asks the agent to keep what it has read",
      recommendation: "After the first read of a file, write its relevant lines into your notes.",
      evidence: ["repeated_file_reads", "metrics.tool_calls_per_task"],
      confidence: 0.7,
    },
    {
      symptom: "The task list was written when half of the work was done",
      root_cause: "The instructions do not say when to plan",
      recommendation: "Begin your first message with a PLAN section.",
      evidence: ["late_planning"],
      confidence: 0.6,
    },
  ],
};
export const TRANSLATION = {
  files_to_change: ["CLAUDE.md", ".claude/rules/planning.md"],
  new_constraints: [
    "After the first read of a file, write its relevant lines into your notes.",
    "Begin your first message with a PLAN section.",
  ],
  changes: [
    {
      title: "Keep notes of what was read",
      file: "CLAUDE.md",
      constraints: ["After the first read of a file, write its relevant lines into your notes."],
      addresses: [0],
      risk: "Low" as const,
    },
    {
      title: "Plan first",
      file: ".claude/rules/planning.md",
      constraints: ["Begin your first message with a PLAN section."],
      addresses: [1],
      risk: "Medium" as const,
    },
  ],
};

/** The plan of an audit of these runs. */
export function planOf(...runs: readonly SummaryFile[]): string {
  return toPlan(runs.map(toTrace), DIAGNOSIS, TRANSLATION);
}

/** The plan of an audit of these runs that found no issue. */
export function emptyPlanOf(...runs: readonly SummaryFile[]): string {
  return toPlan(runs.map(toTrace), NO_ISSUE, { files_to_change: [], new_constraints: [], changes: [] });
}

function toTrace(run: SummaryFile) {
  return { ...run, date: run.started_at };
}

export const NO_ISSUE = { issues: [] };
export const VALID = planOf(RUN);
export const EMPTY = emptyPlanOf(RUN);

/** A plan with one text replaced by another; throws when the text is not there. */
export function changed(from: string | RegExp, to: string, plan = VALID): string {
  const result = plan.replace(from, () => to);
  if (result === plan) throw new Error(`the plan has no ${String(from)}`);
  return result;
}

/** A session in which /audit has come to its plan. */
export async function openAudited(session = openHookSession(), ...runs: readonly SummaryFile[]): Promise<HookSession> {
  await startAudit(session, runs.length === 0 ? [RUN] : runs);
  await session.answer(ENGINEER, DIAGNOSIS);
  await session.answer(SPECIALIST, TRANSLATION);
  return session;
}

/** Puts a file into the project of a session. */
export function put(session: HookSession, path: string, content: string): void {
  const file = join(session.project, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

/** What the hook says to a Write of the plan, null when it lets it. */
export async function judgeWrite(session: HookSession, content: string): Promise<string | null> {
  return (await session.call("Write", { file_path: join(session.project, PLAN), content })).refusal;
}

/** Writes a plan as the Write tool does once the hook has let it: to the disk, then PostToolUse. */
export async function writePlan(session: HookSession, content: string): Promise<string | null> {
  put(session, PLAN, content);
  return (await session.called("Write", { file_path: join(session.project, PLAN), content })).refusal;
}

/** The names of the history's entries, sorted. */
export function entriesOf({ project }: HookSession): string[] {
  return readdirSync(join(project, "docs/audit"))
    .filter((name) => /^\d/u.test(name))
    .toSorted();
}

/** A file below docs/audit. */
export function readAudit({ project }: HookSession, name: string): string {
  return readFileSync(join(project, "docs/audit", name), "utf8");
}
