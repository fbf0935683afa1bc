import { explainLeftOut } from "../../../mcp-server/src/audit/muted/words.ts";
import { readMuted } from "../../../mcp-server/src/disk/muted.ts";
import type { Answer } from "../claude-code.ts";
import type { Context } from "../context.ts";

/** At the end of an audit the human is told what was left out because it is muted, and why. */
export function tellLeftOut({ audit, project }: Context): Answer {
  const { isRunning, diagnosis, summaries } = audit.state();
  const left = isRunning && diagnosis !== null ? explainLeftOut(readMuted(project), summaries) : null;
  return left === null ? null : { systemMessage: `trace-audit: ${left}` };
}
