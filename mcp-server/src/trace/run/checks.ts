import type { ToolCall } from "../call/tool-call.ts";

/** How a test or check ended; `unknown` when another command's exit code hides it or its output is not recorded. */
export type Verdict = "passed" | "failed" | "unknown";

/** Whether a call runs tests or checks the code (type checker, linter, build). */
export function isCheck({ op }: ToolCall): boolean {
  return op === "test" || op === "check";
}

export function toVerdict({ error, command, isErrorVisible, isBackground, neverRan }: ToolCall): Verdict {
  if (neverRan) return "unknown";
  if (error !== null)
    return error.kind === "nonzero_exit" || error.kind === "timeout" || error.kind === "tool_error"
      ? "failed"
      : "unknown";
  return command === null || command.isVerdictHidden || !isErrorVisible || isBackground ? "unknown" : "passed";
}
