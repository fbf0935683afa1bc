import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { z } from "zod";
import { PLUGIN_ROOT } from "../demo/project.ts";

const Answer = z.looseObject({
  decision: z.string().optional(),
  reason: z.string().optional(),
  systemMessage: z.string().optional(),
  hookSpecificOutput: z
    .looseObject({
      permissionDecision: z.string().optional(),
      permissionDecisionReason: z.string().optional(),
      additionalContext: z.string().optional(),
      decision: z.looseObject({ behavior: z.string() }).optional(),
    })
    .optional(),
});

export type HookEvent = Readonly<Record<string, unknown>>;
export type HookOutcome = {
  readonly exitCode: number | null;
  readonly stderr: string;
  /** What was printed; an empty object for nothing. */
  readonly answer: z.infer<typeof Answer>;
};

/** Runs the bundled hook for an event, or for a text that is none, and returns all that Claude Code would see. */
export async function runPlopHook(
  event: HookEvent | string,
  env: Readonly<Record<string, string>>,
): Promise<HookOutcome> {
  const child = spawn(process.execPath, [join(PLUGIN_ROOT, "hooks/dist/main.mjs")], {
    env: { PATH: process.env["PATH"] ?? "", CLAUDE_PLUGIN_ROOT: PLUGIN_ROOT, ...env },
    stdio: "pipe",
  });
  child.stdin.on("error", () => undefined).end(typeof event === "string" ? event : JSON.stringify(event));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  return { exitCode: child.exitCode, stderr, answer: Answer.parse(stdout === "" ? {} : JSON.parse(stdout)) };
}
