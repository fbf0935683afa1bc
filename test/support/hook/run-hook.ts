import { spawn } from "node:child_process";
import { once } from "node:events";
import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { z } from "zod";
import { temporaryFolder } from "../claude/home.ts";
import { PLUGIN_ROOT } from "../demo/project.ts";
import { WRITE } from "../claude/replayed-audit.ts";

const Answer = z.looseObject({
  decision: z.string().optional(),
  reason: z.string().optional(),
  hookSpecificOutput: z
    .looseObject({
      permissionDecision: z.string().optional(),
      permissionDecisionReason: z.string().optional(),
      additionalContext: z.string().optional(),
      updatedInput: z.looseObject({ content: z.string().optional() }).optional(),
    })
    .optional(),
});

/**
 * What a hook said: `refusal` is its reason, null when it let the event pass; `note` is what the model is told besides, and
 * `content` what a Write writes instead of what it was given.
 */
export type HookOutcome = {
  readonly refusal: string | null;
  readonly note: string | null;
  readonly content: string | null;
  readonly exitCode: number | null;
};

/** A session of Claude Code as the plugin's hooks see it: its events go to the bundle in `hooks/dist`, one process each. */
export type HookSession = {
  readonly project: string;
  readonly data: string;
  readonly send: (name: string, fields?: Readonly<Record<string, unknown>>) => Promise<HookOutcome>;
  /** PreToolUse of a tool; `agent` is the type of the subagent that calls it. */
  readonly call: (tool: string, input: Readonly<Record<string, unknown>>, agent?: string) => Promise<HookOutcome>;
  /** PostToolUse of a tool. */
  readonly called: (tool: string, input: Readonly<Record<string, unknown>>) => Promise<HookOutcome>;
  /** The end of a subagent with this answer; each is another one unless `id` says which. */
  readonly answer: (agent: string, answer: unknown, id?: string) => Promise<HookOutcome>;
};

/** Opens a session in a project folder, with its own data folder of the plugin; both are temporary by default. */
export function openHookSession(
  project = temporaryFolder("hook-project"),
  data = temporaryFolder("hook-data"),
  session = "7e0c6f0c-session",
): HookSession {
  const send: HookSession["send"] = async (name, fields = {}) => {
    const event = { session_id: session, cwd: project, prompt_id: "prompt-1", hook_event_name: name, ...fields };
    return runHook(JSON.stringify(event), { CLAUDE_PROJECT_DIR: project, CLAUDE_PLUGIN_DATA: data });
  };
  return {
    project,
    data,
    send,
    call: (tool, input, agent) =>
      send("PreToolUse", {
        tool_name: tool,
        tool_input: input,
        ...(agent === undefined ? {} : { agent_id: "a1", agent_type: `trace-audit:${agent}` }),
      }),
    called: (tool, input) => send("PostToolUse", { tool_name: tool, tool_input: input, tool_response: {} }),
    answer: (agent, answer, id = randomUUID()) =>
      send("SubagentStop", {
        agent_id: id,
        agent_type: `trace-audit:${agent}`,
        last_assistant_message: typeof answer === "string" ? answer : JSON.stringify(answer),
      }),
  };
}

/** Runs the hook with this input and environment. */
export async function runHook(input: string, env: Readonly<Record<string, string>>): Promise<HookOutcome> {
  const child = spawn(process.execPath, [join(PLUGIN_ROOT, "hooks/dist/main.mjs")], { env, stdio: "pipe" });
  child.stdin.end(input);
  const [written, , [exitCode]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  const answer = written === "" ? null : Answer.parse(JSON.parse(written));
  const output = answer?.hookSpecificOutput;
  const isDenied = output?.permissionDecision === "deny";
  const refusal = answer?.decision === "block" ? answer.reason : isDenied ? output.permissionDecisionReason : null;
  return {
    refusal: refusal ?? null,
    note: output?.additionalContext ?? null,
    content: output?.updatedInput?.content ?? null,
    exitCode: Number(exitCode),
  };
}

/** What of a summary the checks look at, in the form of a file on disk. */
export type SummaryFile = {
  readonly trace_id: string;
  readonly goal: string | null;
  readonly started_at: string | null;
  readonly outcome: string;
  readonly duration_ms?: number | null;
  readonly tasks?: number;
  readonly phases?: readonly unknown[];
  readonly notable_patterns: readonly string[];
  readonly metrics: {
    readonly tool_calls: number;
    readonly tool_calls_per_task: number | null;
    readonly plan_before_first_tool: boolean | null;
    readonly success: boolean | null;
  };
};

/** A typed `/audit`, and the summaries that it writes. */
export async function startAudit(session: HookSession, summaries: readonly SummaryFile[]): Promise<void> {
  await session.send("UserPromptSubmit", { prompt: "/audit last" });
  await session.send("UserPromptExpansion", { command_name: "trace-audit:audit", command_args: "last" });
  for (const summary of summaries) await writeSummary(session, summary);
}

/** Puts a summary where write_summary does, and reports the call as Claude Code would. */
export async function writeSummary({ project, send }: HookSession, summary: SummaryFile): Promise<HookOutcome> {
  const path = `docs/audit/summaries/${summary.trace_id}.json`;
  const content = `${JSON.stringify(summary, null, 2)}\n`;
  mkdirSync(join(project, "docs/audit/summaries"), { recursive: true });
  writeFileSync(join(project, path), content);
  const sha256 = createHash("sha256").update(content).digest("hex");
  const response = { trace_id: summary.trace_id, path, sha256, bytes: content.length, status: "created" };
  return send("PostToolUse", {
    tool_name: WRITE,
    tool_input: { trace_id: summary.trace_id },
    tool_response: JSON.stringify(response),
  });
}

export const ENGINEER = "prompt-engineer";
export const SPECIALIST = "refactoring-specialist";
