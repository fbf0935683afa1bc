import { createTraceReducer } from "../../trace/rows/reducer.ts";
import { toEarlierTurn, type EarlierTurn } from "../../trace/run/earlier-turns.ts";
import { assess } from "../../trace/summary/summary.ts";
import { createTurnRows, isSidechain, type TurnOptions } from "../../trace/transcript/turn-rows.ts";
import type { Turn } from "../../trace/transcript/turns.ts";
import type { ReadTrace } from "../port.ts";
import { findAgents } from "./agent-files.ts";
import { createProgress } from "./agent-progress.ts";
import { feed } from "./feed.ts";
import type { SessionFile } from "./folders.ts";
import { withFile, type OpenFile } from "./read-lines.ts";
import { readSubagents } from "./subagents.ts";

/** The name of a turn as a trace. */
export function toTraceId({ sessionId }: SessionFile, { number }: Turn): string {
  return `${sessionId}-${number}`;
}

/** Reads one turn of a session with the subagents that it started. Throws SourceFailures. */
export async function readTurn(file: SessionFile, turn: Turn, signal: AbortSignal): Promise<ReadTrace> {
  return withFile(file.path, signal, async (opened) => readOpenTurn(opened, file, turn, signal, findAgents(file)));
}

/** The same of a session whose file is open already, and whose subagents are known. */
export async function readOpenTurn(
  opened: OpenFile,
  file: SessionFile,
  turn: Turn,
  signal: AbortSignal,
  agents: ReturnType<typeof findAgents>,
): Promise<ReadTrace> {
  const { reducer, options, rows, progress } = await readMain(opened, file, turn, signal);
  if (rows.started.size > 0)
    await readSubagents({ turn, options, main: rows, agents: await agents, progress, reducer, signal });
  return { ...assess(reducer.finish()), api: "transcript", scores: [] };
}

/** Reads what a later turn has to know of this one: its main agent's part. Throws SourceFailures. */
export async function readEarlier(file: SessionFile, turn: Turn, signal: AbortSignal): Promise<EarlierTurn | null> {
  const { reducer } = await withFile(file.path, signal, async (opened) => readMain(opened, file, turn, signal));
  return toEarlierTurn(reducer.finish());
}

/** A prompt stands in a turn's first lines; one with pictures can be this long. */
const OPENING_BYTES = 4_000_000;

/** Reads how a turn began: what the human said. Throws SourceFailures. */
export async function readOpening(file: SessionFile, turn: Turn, signal: AbortSignal): Promise<EarlierTurn | null> {
  return readEarlier(file, { ...turn, to: Math.min(turn.to, turn.from + OPENING_BYTES) }, signal);
}

async function readMain(opened: OpenFile, file: SessionFile, turn: Turn, signal: AbortSignal) {
  const options: TurnOptions = { traceId: toTraceId(file, turn), sessionId: file.sessionId, number: turn.number };
  const reducer = createTraceReducer(options.traceId);
  const rows = createTurnRows(options);
  const progress = createProgress();
  await feed(opened, turn, reducer, signal, (line) => {
    if (line.uuid !== null && turn.repeated.has(line.uuid)) return [];
    if (isSidechain(line)) reducer.warn("sidechain_line_not_read");
    progress.add(line);
    return rows.add(line);
  });
  reducer.addRows(rows.finish());
  return { reducer, options, rows, progress };
}
