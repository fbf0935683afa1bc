import { explainLeftOut } from "../../../mcp-server/src/audit/history/left-out.ts";
import { readMarks } from "../../../mcp-server/src/disk/marks.ts";
import type { Answer } from "../claude-code.ts";
import type { Context } from "../context.ts";

/** At the end of an audit the human is told what was left out because a human marked it, and why. */
export function tellLeftOut({ audit, project }: Context): Answer {
  const { isRunning, diagnosis, summaries } = audit.state();
  const left =
    isRunning && diagnosis !== null
      ? explainLeftOut(
          readMarks(project),
          summaries.map(({ facts }) => facts),
        )
      : null;
  return left === null ? null : { systemMessage: `trace-audit: ${left}` };
}
