import { toSessionTrace, type SessionTrace } from "../../trace/summary/session-traces.ts";
import { createWarnings } from "../../trace/values/warnings.ts";
import type { Turn } from "../../trace/transcript/turns.ts";
import type { ReadSession } from "../port.ts";
import { findAgents } from "./agent-files.ts";
import { withFile } from "./read-lines.ts";
import { readOpenTurn, toTraceId } from "./reader.ts";
import type { SessionIndex } from "./session-index.ts";

/** The newest turns that are read of one session, and how much of its file; months of work have more. */
const MAX_TURNS = 1000;
const MAX_BYTES = 1_000_000_000;

/**
 * Reads the turns of a session one after the other, each with the subagents that it started. `isLive`: it is the running
 * session, or its file changed a moment ago. Throws SourceFailures.
 */
export async function readSession(
  { file, turns }: SessionIndex,
  isLive: boolean,
  signal: AbortSignal,
): Promise<ReadSession> {
  const warnings = createWarnings();
  const wanted = newest(turns);
  warnings.add("session_cut", wanted.length < turns.length ? 1 : 0);
  warnings.add("more_turns", turns.length - wanted.length);
  const agents = findAgents(file);
  const traces: SessionTrace[] = [];
  await withFile(file.path, signal, async (opened) => {
    for (const turn of wanted) traces.push(toSessionTrace(await readOpenTurn(opened, file, turn, signal, agents)));
  });
  const last = turns.at(-1);
  const end = traces.at(-1)?.turn.row.end;
  // What was interrupted or failed has no answer either, and runs no more.
  const isRunning = isLive && last?.isAnswered === false && end !== "interrupted" && end !== "api_error";
  return {
    api: "transcript",
    traces,
    runningId: isRunning && last !== undefined ? toTraceId(file, last) : null,
    warnings: warnings.list(),
  };
}

function newest(turns: readonly Turn[]): readonly Turn[] {
  let bytes = 0;
  const fitting = turns
    .toReversed()
    .slice(0, MAX_TURNS)
    .filter(({ from, to }) => (bytes += to - from) <= MAX_BYTES);
  return fitting.toReversed();
}
