import { join } from "node:path";
import { RUN, VALID, type SummaryFile } from "./audited.ts";
import { PLAN } from "../replay/audit.ts";
import { type HookSession } from "./session.ts";

/** A phase as a summary has it. */
export const phase = (
  calls: Record<string, number>,
  start_ms: number,
  duration_ms: number,
  patterns: string[] = [],
) => ({
  calls,
  error_calls: 0,
  start_ms,
  duration_ms,
  patterns,
});
/** A run with phases, and what is drawn of it. */
export const DRAWN: SummaryFile = {
  ...RUN,
  duration_ms: 182_000,
  notable_patterns: ["permission_wait", "repeated_file_reads", "late_planning"],
  phases: [
    phase({ explore: 9, upkeep: 1 }, 2100, 60_400, ["repeated_file_reads"]),
    {
      ...phase({ edit: 5, check: 4, run: 2, explore: 1, upkeep: 1 }, 70_000, 110_000, ["late_planning"]),
      error_calls: 2,
    },
  ],
};
export const PICTURE = `\`\`\`mermaid
gantt
  title 23 calls in 3 min 2 s, partial_success
  dateFormat HH:mm:ss.SSS
  axisFormat %M:%S
  todayMarker off
  whole run (permission_wait) :done, 00:00:00.000, 182000ms
  explore 9, upkeep 1 (repeated_file_reads) :crit, 00:00:02.100, 60400ms
  edit 5, check 4, run 2, +2, 2 failed (late_planning) :crit, 00:01:10.000, 110000ms
\`\`\``;
export const WITH_PICTURE = VALID.replace(/(- Date: .*\n)/u, (line) => `${line}\n${PICTURE}\n`);

/** What a Write of the plan puts on the disk; throws when it is refused. */
export async function written(session: HookSession, content: string): Promise<string> {
  const outcome = await session.call("Write", { file_path: join(session.project, PLAN), content });
  if (outcome.refusal !== null) throw new Error(outcome.refusal);
  return outcome.content ?? content;
}

/** The picture in a plan, without its fence. */
export const pictureIn = (plan: string): string => plan.split("```mermaid\n")[1]?.split("```")[0] ?? "";
