import { join } from "node:path";
import { createPlopProject } from "./plop-project.ts";
import { temporaryFolder } from "../claude/home.ts";
import { type HookOutcome, runPlopHook } from "./plop-hook.ts";

export type PlopSession = {
  readonly cwd: string;
  /** CLAUDE_PLUGIN_DATA. */
  readonly data: string;
  /** Sends an event of the turn that runs. */
  readonly send: (name: string, fields?: Readonly<Record<string, unknown>>) => Promise<HookOutcome>;
  /** A prompt that starts a turn, expanded when it is `/plop`. */
  readonly prompt: (prompt: string) => Promise<HookOutcome>;
  /** What the guard decides of a call: "allow", "deny", or "pass" when it leaves it to Claude Code. */
  readonly call: (
    tool: string,
    input?: Readonly<Record<string, unknown>>,
    more?: Readonly<Record<string, unknown>>,
  ) => Promise<string>;
  /** Why a call is refused. */
  readonly refusal: (tool: string, input: Readonly<Record<string, unknown>>) => Promise<string>;
};

/** The events of a session as Claude Code sends them, without Claude Code. */
export function startPlopSession(
  cwd = createPlopProject(),
  data = temporaryFolder("plugin-data"),
  id = "session-1",
  more: Readonly<Record<string, string>> = {},
): PlopSession {
  let turn = 0;
  const env = { CLAUDE_PROJECT_DIR: cwd, CLAUDE_PLUGIN_DATA: data, ...more };
  const send: PlopSession["send"] = (name, fields = {}) =>
    runPlopHook(
      {
        hook_event_name: name,
        session_id: id,
        prompt_id: `${id}-turn-${turn}`,
        cwd,
        transcript_path: join(data, "transcript.jsonl"),
        permission_mode: "default",
        ...fields,
      },
      env,
    );
  const decide = async (tool: string, input: object, more: object = {}) => {
    const { answer, exitCode } = await send("PreToolUse", { tool_name: tool, tool_input: input, ...more });
    if (exitCode !== 0) throw new Error(`the hook ended with ${exitCode}`);
    return answer.hookSpecificOutput;
  };
  return {
    cwd,
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
    call: async (tool, input = {}, more = {}) => (await decide(tool, input, more))?.permissionDecision ?? "pass",
    refusal: async (tool, input) => (await decide(tool, input))?.permissionDecisionReason ?? "",
  };
}
