import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeFile } from "../files/tree.ts";
import type { Diagnosis } from "../../../mcp-server/src/audit/answers/prompt-engineer.ts";
import type { Translation } from "../../../mcp-server/src/audit/answers/refactoring-specialist.ts";
import { parseFacts } from "../../../mcp-server/src/audit/evidence/summary-facts.ts";
import { renderPlan } from "../../../mcp-server/src/audit/plan/render.ts";
import { FETCH, PLAN, WRITE } from "../replay/audit.ts";
import { type HookOutcome, type HookSession, openHookSession } from "./session.ts";

export const ENGINEER = "prompt-engineer";
export const SPECIALIST = "refactoring-specialist";

/** What of a summary the checks look at, in the form of a file on disk. */
export type SummaryFile = {
  readonly trace_id: string;
  readonly goal: string | null;
  readonly started_at: string | null;
  readonly outcome: string;
  readonly duration_ms?: number | null;
  readonly tasks?: number;
  readonly phases?: readonly unknown[];
  readonly patterns?: readonly unknown[];
  readonly turns?: readonly unknown[];
  readonly recurring?: readonly unknown[];
  readonly afterwards?: unknown;
  readonly notable_patterns: readonly string[];
  readonly metrics: {
    readonly tool_calls: number;
    readonly tool_calls_per_task: number | null;
    readonly plan_before_first_tool: boolean | null;
    readonly success: boolean | null;
  };
};

export const RUN: SummaryFile = {
  trace_id: "4f1d9a7b3c2e5f60",
  goal: "Add a divide function to the calculator",
  started_at: "2026-11-20T09:12:44.000Z",
  outcome: "partial_success",
  notable_patterns: ["repeated_file_reads", "late_planning"],
  patterns: [{ id: "repeated_file_reads", count: 4, detail: "src/calc.js read 4 times, no change between" }],
  turns: [
    {
      turn: 1,
      human: "Add a divide function",
      did: ["explore 4: src/calc.js ×4", "edit src/calc.js"],
      end: "answered",
    },
    { turn: 2, human: "12 tests fail", did: ["test npm test FAILED: 12 failed"], end: "answered" },
  ],
  recurring: [{ kind: "missing_path", what: "src/util.js", turns: [1, 2] }],
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
      kind: "context-waste" as const,
      symptom: "src/calc.js was read four times without a change in between",
      root_cause: "No instruction asks the agent to keep what it has read",
      recommendation: "After the first read of a file, write its relevant lines into your notes.",
      evidence: ["repeated_file_reads", "metrics.tool_calls_per_task"],
      instruction: { state: "missing" as const },
      confidence: 0.6,
    },
    {
      kind: "other" as const,
      symptom: "The task list was written when half of the work was done",
      root_cause: "The instructions do not say when to plan",
      recommendation: "Begin your first message with a PLAN section.",
      evidence: ["late_planning"],
      instruction: { state: "unknown" as const },
      confidence: 0.5,
    },
  ],
};
export const TRANSLATION = {
  goal: "Let the agent plan before it acts and work from what it has read.",
  files_to_change: ["CLAUDE.md", ".claude/rules/planning.md"],
  new_constraints: [
    "After the first read of a file, write its relevant lines into your notes.",
    "Begin your first message with a PLAN section.",
  ],
  changes: [
    {
      title: "Keep notes of what was read",
      file: "CLAUDE.md",
      place: "at the end",
      constraints: ["After the first read of a file, write its relevant lines into your notes."],
      addresses: [0],
      risk: "Low" as const,
    },
    {
      title: "Plan first",
      file: ".claude/rules/planning.md",
      place: "new file",
      constraints: ["Begin your first message with a PLAN section."],
      addresses: [1],
      risk: "Medium" as const,
    },
  ],
};

/** The plan of an audit of these runs. */
export function planOf(...runs: readonly SummaryFile[]): string {
  return render(runs, DIAGNOSIS, TRANSLATION);
}

/** The plan of an audit of these runs that found no issue. */
export function emptyPlanOf(...runs: readonly SummaryFile[]): string {
  return render(runs, NO_ISSUE, null);
}

function render(runs: readonly SummaryFile[], diagnosis: Diagnosis, translation: Translation | null): string {
  const facts = runs.flatMap((run) => parseFacts(JSON.stringify(run)) ?? []);
  return renderPlan({ facts, diagnosis, translation, files: [CLAUDE_MD], comparison: [] });
}

/** The only prompt file of the project. */
const CLAUDE_MD = { path: "CLAUDE.md", text: "# Calculator\n\nRun `npm test` before you hand over.\n" };

export const NO_ISSUE = { issues: [], no_issue_reason: "The run did what was asked." };
export const VALID = planOf(RUN);
export const EMPTY = emptyPlanOf(RUN);

/** A plan with one text replaced by another; throws when the text is not there. */
export function changed(from: string | RegExp, to: string, plan = VALID): string {
  const result = plan.replace(from, () => to);
  if (result === plan) throw new Error(`the plan has no ${String(from)}`);
  return result;
}

/** A typed `/audit`, the summaries that it writes, and the call of the first agent once there are any. */
export async function startAudit(session: HookSession, summaries: readonly SummaryFile[]): Promise<void> {
  put(session, CLAUDE_MD.path, CLAUDE_MD.text);
  await session.send("UserPromptSubmit", { prompt: "/audit last" });
  await session.send("UserPromptExpansion", { command_name: "trace-audit:audit", command_args: "last" });
  if (summaries.length === 0) return;
  await fetched(session, summaries);
  await written(session, summaries);
  await callAgent(session, ENGINEER);
}

/** fetch_trace has returned these, and passed over others. */
export async function fetched(
  { send }: HookSession,
  summaries: readonly { readonly trace_id: string }[],
  skipped: readonly { readonly trace_id: string; readonly reason: string }[] = [],
): Promise<HookOutcome> {
  const tool_input = { selector: "last" };
  return send("PostToolUse", { tool_name: FETCH, tool_input, tool_response: JSON.stringify({ summaries, skipped }) });
}

/** Puts summaries where write_summary does, and reports the call as Claude Code would; of `failed` ids it reports an error. */
export async function written(
  { project, send }: HookSession,
  summaries: readonly SummaryFile[],
  failed: readonly string[] = [],
): Promise<HookOutcome> {
  const done = summaries.map((summary) => {
    const path = `docs/audit/summaries/${summary.trace_id}.json`;
    const content = `${JSON.stringify(summary, null, 2)}\n`;
    writeFile(join(project, path), content);
    const sha256 = createHash("sha256").update(content).digest("hex");
    return { trace_id: summary.trace_id, path, sha256, bytes: content.length, status: "created", comparison: null };
  });
  const errors = failed.map((trace_id) => ({ trace_id, error: `${trace_id} could not be written.` }));
  return send("PostToolUse", {
    tool_name: WRITE,
    tool_input: { trace_ids: summaries.map(({ trace_id }) => trace_id) },
    tool_response: JSON.stringify({ summaries: [...done, ...errors] }),
  });
}

/** PreToolUse of a call of one of the plugin's agents. */
export function callAgent({ call }: HookSession, agent: string, prompt = "Do it."): Promise<HookOutcome> {
  return call("Agent", { subagent_type: `trace-audit:${agent}`, prompt, run_in_background: false });
}

/** PostToolUse of such a call. */
export function agentEnded({ send }: HookSession, agent: string, agentId = "a1"): Promise<HookOutcome> {
  return send("PostToolUse", {
    tool_name: "Agent",
    tool_input: { subagent_type: `trace-audit:${agent}` },
    tool_response: { status: "completed", agentId },
  });
}

/** A session in which /audit waits for the translation. */
export async function openDiagnosed(
  session = openHookSession(),
  ...runs: readonly SummaryFile[]
): Promise<HookSession> {
  await startAudit(session, runs.length === 0 ? [RUN] : runs);
  await session.answer(ENGINEER, DIAGNOSIS);
  await callAgent(session, SPECIALIST);
  return session;
}

/** A session in which /audit has come to its plan, its turn being over. */
export async function openAudited(session = openHookSession(), ...runs: readonly SummaryFile[]): Promise<HookSession> {
  await openDiagnosed(session, ...runs);
  await session.answer(SPECIALIST, TRANSLATION);
  await session.send("Stop");
  return session;
}

/** Puts a file into the project of a session. */
export function put(session: HookSession, path: string, content: string): void {
  writeFile(join(session.project, path), content);
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
