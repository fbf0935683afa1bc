import { explainLeftOut } from "../../../mcp-server/src/audit/history/left-out.ts";
import { readMarks, readOddMarks } from "../../../mcp-server/src/disk/marks.ts";
import type { Answer } from "../claude-code.ts";
import type { Context } from "../context.ts";

/** At the end of an audit the human is told what was left out because a human marked it, and why; and which marks mark nothing. */
export function tellLeftOut({ audit, project }: Context): Answer {
  const { isRunning, diagnosis, summaries } = audit.state();
  if (!isRunning || diagnosis === null) return null;
  const facts = summaries.map((summary) => summary.facts);
  const said = [explainLeftOut(readMarks(project), facts), readOddMarks(project)].filter((one) => one !== null);
  return said.length === 0 ? null : { systemMessage: `trace-audit: ${said.join(" ")}` };
}
