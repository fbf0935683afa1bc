import { explainMistyped } from "../../../mcp-server/src/audit/plop/mistyped.ts";
import { block, type Answer } from "../claude-code.ts";
import type { Context } from "../context.ts";

/** Stops a `/plop` with a slip of the pen in it, which Claude Code would hand to the model as plain text. */
export function stopMistyped({ event }: Context): Answer {
  const reason = explainMistyped(event.prompt);
  return reason === null ? null : block(reason);
}
