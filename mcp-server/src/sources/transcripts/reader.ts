import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { own, parseRecord, text } from "../../trace/values/json.ts";
import { createTraceReducer, type TraceReducer } from "../../trace/rows/reducer.ts";
import { toEarlierTurn, type EarlierTurn } from "../../trace/run/earlier-turns.ts";
import { assess } from "../../trace/summary/summary.ts";
import type { Started } from "../../trace/transcript/actor-rows.ts";
import { readLine, type Line } from "../../trace/transcript/line-kind.ts";
import type { Row } from "../../trace/transcript/requests.ts";
import {
  createSubagentRows,
  createTurnRows,
  isSidechain,
  type SubagentOptions,
  type TurnOptions,
} from "../../trace/transcript/turn-rows.ts";
import type { Turn } from "../../trace/transcript/turns.ts";
import type { ReadTrace } from "../port.ts";
import { findFile, type SessionFile } from "./folders.ts";
import { readLines } from "./read-lines.ts";

/** Of the subagents of one session this many are looked at; deeper or wider runs lose the rest, with a warning. */
const MAX_SUBAGENTS = 2000;
/** An id in a file's name: what is read stays inside the session's folder. */
const AGENT_FILE = /^agent-([A-Za-z0-9_-]{1,100})\.meta\.json$/u;
const AGENT_ID = /^[A-Za-z0-9_-]{1,100}$/u;

/** The name of a turn as a trace. */
export function toTraceId({ sessionId }: SessionFile, { number }: Turn): string {
  return `${sessionId}-${number}`;
}

/** Reads one turn of a session with the subagents that it started. Throws SourceFailures. */
export async function readTurn(file: SessionFile, turn: Turn, signal: AbortSignal): Promise<ReadTrace> {
  const { reducer, options, rows } = await readMain(file, turn, signal);
  await readSubagents(file, options, rows, reducer, signal);
  return { ...assess(reducer.finish()), api: "transcript" };
}

/** Reads what a later turn has to know of this one: its main agent's part. Throws SourceFailures. */
export async function readEarlier(file: SessionFile, turn: Turn, signal: AbortSignal): Promise<EarlierTurn | null> {
  return toEarlierTurn((await readMain(file, turn, signal)).reducer.finish());
}

async function readMain(file: SessionFile, turn: Turn, signal: AbortSignal) {
  const options: TurnOptions = { traceId: toTraceId(file, turn), sessionId: file.sessionId, number: turn.number };
  const reducer = createTraceReducer(options.traceId);
  const rows = createTurnRows(options);
  await feed(file.path, turn, reducer, signal, (line) => {
    if (isSidechain(line)) reducer.warn("sidechain_line_not_read");
    return rows.add(line);
  });
  reducer.addRows(rows.finish());
  return { reducer, options, rows };
}

/** Hands the lines of a stretch of a file on, and what they make to the reducer; damaged ones are counted. */
async function feed(
  path: string,
  stretch: { readonly from: number; readonly to: number },
  reducer: TraceReducer,
  signal: AbortSignal,
  add: (line: Line) => readonly Row[],
): Promise<void> {
  const { oversized } = await readLines(path, stretch, signal, (bytes, _from, to) => {
    if (bytes.length === 0) return;
    const record = parseRecord(bytes.toString());
    if (record !== null) reducer.addRows(add(readLine(record)));
    // The last line may be half written: the rest of it is on its way.
    else if (to < stretch.to || bytes.at(-1) === CLOSING) reducer.warn("damaged_transcript_line");
  });
  reducer.warn("oversized_transcript_line", oversized);
}

/** "}": a damaged line that ends like a whole one was not cut off. */
const CLOSING = 0x7d;

type Caller = { readonly rootId: string; readonly started: ReadonlyMap<string, Started> };

/** Reads the transcripts of subagents below the calls that started them, and of theirs in turn. */
async function readSubagents(
  file: SessionFile,
  turn: TurnOptions,
  main: Caller,
  reducer: TraceReducer,
  signal: AbortSignal,
): Promise<void> {
  if (main.started.size === 0) return;
  const folder = join(dirname(file.path), file.sessionId, "subagents");
  const known = await readMetas(folder, reducer);
  const done = new Set<string>();
  const queue: Caller[] = [main];
  for (let caller = queue.shift(); caller !== undefined; caller = queue.shift()) {
    for (const call of caller.started.values()) {
      const meta = known.get(call.callId);
      const agentId = meta?.agentId ?? call.agentId;
      if (agentId === null || !AGENT_ID.test(agentId) || done.has(agentId)) continue;
      done.add(agentId);
      const transcript = await findFile([folder, dirname(file.path)], `agent-${agentId}.jsonl`);
      if (transcript === null) {
        reducer.warn("subagent_transcript_missing");
        continue;
      }
      const options: SubagentOptions = { agentId, agentType: meta?.agentType ?? null, parentId: caller.rootId, call };
      const rows = createSubagentRows(turn, options);
      await feed(transcript.path, { from: 0, to: transcript.size }, reducer, signal, rows.add);
      reducer.addRows(rows.finish());
      queue.push(rows);
    }
  }
}

type Meta = { readonly agentId: string; readonly agentType: string | null };

/** Who was started by which call, as the files beside the subagents' transcripts say; older versions write none. */
async function readMetas(folder: string, reducer: TraceReducer): Promise<ReadonlyMap<string, Meta>> {
  const names = await readdir(folder).catch(() => []);
  const ids = names.flatMap((name) => AGENT_FILE.exec(name)?.[1] ?? []).toSorted();
  reducer.warn("more_subagent_transcripts", Math.max(0, ids.length - MAX_SUBAGENTS));
  const metas = new Map<string, Meta>();
  for (const agentId of ids.slice(0, MAX_SUBAGENTS)) {
    const meta = parseRecord(await readFile(join(folder, `agent-${agentId}.meta.json`), "utf8").catch(() => "")) ?? {};
    const callId = text(own(meta, "toolUseId"));
    if (callId !== null) metas.set(callId, { agentId, agentType: text(own(meta, "agentType")) });
  }
  return metas;
}
