import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { z } from "zod";
import { PLUGIN_ROOT } from "../files/plugin-root.ts";
import { temporaryFolder } from "../files/temporary.ts";
import { mayShare, runShared } from "../shared-process/run.ts";

/** The bundle that Claude Code runs for each event. */
export const HOOK = join(PLUGIN_ROOT, "hooks/dist/main.mjs");

type Environment = Readonly<Record<string, string>>;
type Fields = Readonly<Record<string, unknown>>;

const Answer = z.looseObject({
  decision: z.string().optional(),
  reason: z.string().optional(),
  systemMessage: z.string().optional(),
  hookSpecificOutput: z
    .looseObject({
      permissionDecision: z.string().optional(),
      permissionDecisionReason: z.string().optional(),
      additionalContext: z.string().optional(),
      updatedInput: z.looseObject({ content: z.string().optional() }).optional(),
      decision: z.looseObject({ behavior: z.string() }).optional(),
    })
    .optional(),
});

export type HookOutcome = {
  readonly exitCode: number | null;
  readonly stderr: string;
  /** What was printed; an empty object for nothing. */
  readonly answer: z.infer<typeof Answer>;
  /** Of a tool call: "allow", "deny", or "pass" when it is left to Claude Code. */
  readonly permission: string;
  /** Why the event is stopped; null when it is let through. */
  readonly refusal: string | null;
  /** What the model is told besides. */
  readonly note: string | null;
  /** What a Write writes instead of what it was given. */
  readonly content: string | null;
};

/**
 * Runs the hook for an event, or for a text that is none, and returns all that Claude Code would see. `scope`: which set of hooks
 * it stands in.
 */
export async function runHook(
  event: Fields | string,
  env: Environment,
  ...scope: readonly string[]
): Promise<HookOutcome> {
  const input = typeof event === "string" ? event : JSON.stringify(event);
  const run = mayShare(env) ? runInShared : runInOwn;
  const { exitCode, stdout, stderr } = await run(input, env, scope);
  const answer = Answer.parse(stdout === "" ? {} : JSON.parse(stdout));
  const output = answer.hookSpecificOutput;
  const permission = output?.permissionDecision ?? "pass";
  const denied = permission === "deny" ? output?.permissionDecisionReason : undefined;
  return {
    exitCode,
    stderr,
    answer,
    permission,
    refusal: (answer.decision === "block" ? answer.reason : denied) ?? null,
    note: output?.additionalContext ?? null,
    content: output?.updatedInput?.content ?? null,
  };
}

type Outcome = { readonly exitCode: number | null; readonly stdout: string; readonly stderr: string };

async function runInOwn(input: string, env: Environment, scope: readonly string[]): Promise<Outcome> {
  const child = spawn(process.execPath, [HOOK, ...scope], { env, stdio: "pipe" });
  child.stdin.on("error", () => undefined).end(input);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  return { exitCode: child.exitCode, stdout, stderr };
}

async function runInShared(input: string, env: Environment, scope: readonly string[]): Promise<Outcome> {
  const said = { stdout: "", stderr: "" };
  const hook = runShared(
    { path: HOOK, args: scope, env, cwd: process.cwd() },
    { stdout: (part) => (said.stdout += part), stderr: (part) => (said.stderr += part) },
  );
  hook.write(input);
  hook.end();
  return { exitCode: await hook.exited, ...said };
}

/** A session of Claude Code as the plugin's hooks see it: each event is a run of the hook. */
export type HookSession = {
  readonly project: string;
  /** CLAUDE_PLUGIN_DATA. */
  readonly data: string;
  /** Sends an event of the turn that runs. */
  readonly send: (name: string, fields?: Fields) => Promise<HookOutcome>;
  /** A prompt that starts a turn, expanded when it is `/plop`. */
  readonly prompt: (prompt: string) => Promise<HookOutcome>;
  /** PreToolUse of a tool; `more` are other fields of the event. */
  readonly call: (tool: string, input: Fields, more?: Fields) => Promise<HookOutcome>;
  /** The `permission` of a call. */
  readonly decide: (tool: string, input?: Fields, more?: Fields) => Promise<string>;
  /** PostToolUse of a tool. */
  readonly called: (tool: string, input: Fields) => Promise<HookOutcome>;
  /** The end of one of the plugin's agents with this answer; each is another one unless `id` says which. */
  readonly answer: (agent: string, answer: unknown, id?: string) => Promise<HookOutcome>;
};

/** Opens a session in a project folder, with its own data folder of the plugin; both are temporary by default. */
export function openHookSession(
  project = temporaryFolder("hook-project"),
  data = temporaryFolder("hook-data"),
  id = "session-1",
  env: Readonly<Record<string, string>> = {},
): HookSession {
  let turn = 0;
  const send: HookSession["send"] = (name, fields = {}) =>
    runHook(
      { hook_event_name: name, session_id: id, prompt_id: `${id}-turn-${turn}`, cwd: project, ...fields },
      { CLAUDE_PROJECT_DIR: project, CLAUDE_PLUGIN_DATA: data, ...env },
    );
  const call: HookSession["call"] = (tool, input, more = {}) =>
    send("PreToolUse", { tool_name: tool, tool_input: input, ...more });
  return {
    project,
    data,
    send,
    prompt: async (prompt) => {
      turn += 1;
      const submitted = await send("UserPromptSubmit", { prompt });
      const typed = /^\/(?:trace-audit:)?plop(?:\s+([\s\S]*))?$/u.exec(prompt);
      if (submitted.answer.decision !== undefined || typed === null) return submitted;
      const command_args = typed[1]?.trim() ?? "";
      return send("UserPromptExpansion", {
        command_name: "trace-audit:plop",
        command_args,
        command_source: "plugin",
        expansion_type: "slash_command",
        prompt: `/trace-audit:plop ${command_args}`,
      });
    },
    call,
    decide: async (tool, input = {}, more = {}) => {
      const { exitCode, permission, stderr } = await call(tool, input, more);
      if (exitCode !== 0) throw new Error(`the hook ended with ${exitCode}: ${stderr}`);
      return permission;
    },
    called: (tool, input) => send("PostToolUse", { tool_name: tool, tool_input: input, tool_response: {} }),
    answer: (agent, answer, agent_id = randomUUID()) =>
      send("SubagentStop", {
        agent_id,
        agent_type: `trace-audit:${agent}`,
        last_assistant_message: typeof answer === "string" ? answer : JSON.stringify(answer),
      }),
  };
}

/** The fields of an event that one of the plugin's agents causes. */
export const by = (agent: string): Fields => ({ agent_id: "a1", agent_type: `trace-audit:${agent}` });
