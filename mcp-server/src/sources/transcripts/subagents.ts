import { open } from "node:fs/promises";
import type { Started } from "../../trace/transcript/actor-rows.ts";
import { own, text } from "../../trace/values/json.ts";
import { toMillis } from "../../trace/values/time.ts";
import type { Line } from "../../trace/transcript/line-kind.ts";
import type { Row } from "../../trace/transcript/requests.ts";
import { createSubagentRows, type TurnOptions } from "../../trace/transcript/turn-rows.ts";
import type { Turn } from "../../trace/transcript/turns.ts";
import type { TraceReducer } from "../../trace/rows/reducer.ts";
import type { Agent, Agents } from "./agent-files.ts";
import type { Progress } from "./agent-progress.ts";
import { feed } from "./feed.ts";
import type { FoundFile } from "./folders.ts";
import { withFile } from "./read-lines.ts";

type Caller = { readonly rootId: string; readonly started: ReadonlyMap<string, Started> };

export type SubagentsOfTurn = {
  readonly turn: Turn;
  readonly options: TurnOptions;
  readonly main: Caller;
  readonly agents: Agents;
  readonly progress: Progress;
  readonly reducer: TraceReducer;
  readonly signal: AbortSignal;
};

/** Reads what subagents did for the calls of a turn, and for those of other subagents in turn. Throws SourceFailures. */
export async function readSubagents(read: SubagentsOfTurn): Promise<void> {
  const { agents, options, progress, reducer, turn } = read;
  reducer.warn("more_subagent_transcripts", agents.more);
  const done = new Set<string>();
  const queue: Caller[] = [read.main];
  for (let caller = queue.shift(); caller !== undefined; caller = queue.shift()) {
    const { rootId: parentId } = caller;
    for (const call of caller.started.values()) {
      const found = agents.of(call);
      for (const agent of found) {
        if (done.has(agent.agentId)) continue;
        const transcript = await agents.find(agent);
        if (transcript === null) continue;
        done.add(agent.agentId);
        const rows = createSubagentRows(options, { agentId: agent.agentId, agentType: agent.type, parentId, call });
        const part = partOf(turn, call);
        const add = (line: Line): readonly Row[] => (part(line) ? rows.add(line) : []);
        await withFile(transcript.path, read.signal, async (file) =>
          feed(file, { from: 0, to: transcript.size }, reducer, read.signal, add),
        );
        if (rows.isEmpty()) continue;
        if (agent.isByScript && agent.agentId !== call.agentId) reducer.warn("subagent_started_by_script");
        reducer.addRows(rows.finish());
        queue.push(rows);
      }
      const said = progress.of(call.callId);
      if (said !== null && !done.has(said.agentId) && found.every(({ agentId }) => !done.has(agentId))) {
        done.add(said.agentId);
        const rows = createSubagentRows(options, { agentId: said.agentId, agentType: null, parentId, call });
        for (const line of said.lines) reducer.addRows(rows.add(line));
        reducer.addRows(rows.finish());
        queue.push(rows);
      }
      const isMissing = found.some(({ agentId }) => !done.has(agentId)) && said === null;
      const isRunMissing = call.runId !== null && !agents.hasRun(call.runId);
      if (isMissing || isRunMissing) reducer.warn("subagent_transcript_missing");
    }
  }
  await countUnlinked(read, done);
}

/**
 * The part of a subagent's transcript that belongs to a call of a turn. A subagent that is continued has another prompt in
 * it: what follows belongs to the turn in which that was written, and what comes first to the call that started it.
 */
function partOf({ startedAt, until }: Turn, call: Started): (line: Line) => boolean {
  let isPart = call.continues === null;
  let isFirst = true;
  return (line) => {
    if (!isPrompt(line)) return isPart;
    if (!isFirst && line.time !== null) isPart = line.time >= (startedAt ?? 0) && line.time < (until ?? Infinity);
    isFirst = false;
    return isPart;
  };
}

function isPrompt({ kind, message }: Line): boolean {
  if (kind === "human" || kind === "command") return true;
  const content = own(message, "content");
  // What a subagent started itself ends with a notification, and the subagent goes on with what it did.
  return kind === "notification" && !(text(content) ?? "").startsWith("<task-notification>");
}

/** Counts the transcripts that began during the turn and that no call of it, nor their own file, links to any. */
async function countUnlinked({ agents, turn, reducer }: SubagentsOfTurn, done: ReadonlySet<string>): Promise<void> {
  for (const agent of agents.all) {
    if (done.has(agent.agentId) || agent.callId !== null) continue;
    const at = await beganAt(agents, agent, turn.startedAt ?? 0);
    if (at !== null && at >= (turn.startedAt ?? 0) && at < (turn.until ?? Infinity))
      reducer.warn("subagent_transcript_not_linked");
  }
}

/** Most first lines, a prompt, are shorter than the first of these, and hardly any is longer than the second. */
const FIRST_BYTES = [4096, 131_072] as const;
const TIME = /"timestamp"\s*:\s*"([^"]{1,40})"/u;

async function beganAt(agents: Agents, agent: Agent, from: number): Promise<number | null> {
  const file: FoundFile | null = await agents.find(agent);
  if (file === null || file.changedAt < from) return null;
  const handle = await open(file.path).catch(() => null);
  if (handle === null) return null;
  try {
    for (const size of FIRST_BYTES) {
      const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(size), 0, size, 0);
      const time = TIME.exec(buffer.toString("latin1", 0, bytesRead))?.[1];
      if (time !== undefined) return toMillis(time);
    }
    return null;
  } catch {
    return null;
  } finally {
    await handle.close();
  }
}
