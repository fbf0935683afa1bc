import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { own, parseRecord, text } from "../../trace/values/json.ts";
import type { Started } from "../../trace/transcript/actor-rows.ts";
import { findFile, readSmall, type FoundFile, type SessionFile } from "./folders.ts";

/** What is known of a subagent before its transcript is read. */
export type Agent = {
  readonly agentId: string;
  /** As the file beside its transcript names it; null in older versions, as is what follows. */
  readonly type: string | null;
  readonly name: string | null;
  /** The call that started it, or that of the script which did. */
  readonly callId: string | null;
  /** A script or a workflow started it, so that no call is its own. */
  readonly isByScript: boolean;
  /** The folder of a workflow's run that its transcript lies in; null for other subagents. */
  readonly runId: string | null;
  readonly folder: string;
};

export type Agents = {
  readonly all: readonly Agent[];
  /** Those that a call started or goes on with. */
  readonly of: (call: Started) => readonly Agent[];
  /** Whether a run of a workflow has a folder. */
  readonly hasRun: (runId: string) => boolean;
  /** So many were not looked at. */
  readonly more: number;
  readonly find: (agent: Agent) => Promise<FoundFile | null>;
};

/** Of the subagents of one session this many are looked at; deeper or wider runs lose the rest, with a warning. */
const MAX_SUBAGENTS = 2000;
/** Those of workflows lie in `workflows/<run>`. */
const MAX_DEPTH = 3;
/** An id in a file's name: what is read stays inside the session's folder. */
const AGENT_FILE = /^agent-([A-Za-z0-9_-]{1,100})\.(?:meta\.json|jsonl)$/u;
const AGENT_ID = /^[A-Za-z0-9_-]{1,100}$/u;
/** Claude Code's own requests beside a session (summaries, guesses, questions aside): nobody's subagents. */
const INTERNAL = /^a(?:compact|prompt_suggestion|side_question|aside_question|session_memory|speculation)[-_]/u;

/** The subagents of a session, as the files in its folder tell them. */
export async function findAgents(file: SessionFile): Promise<Agents> {
  const beside = dirname(file.path);
  const roots = [...new Set([beside, ...file.folders])].map((folder) => join(folder, file.sessionId, "subagents"));
  const found = new Map<string, { readonly folder: string; readonly runId: string | null }>();
  const runs = new Set<string>();

  const look = async (folder: string, depth: number, runId: string | null): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const agentId = entry.isFile() ? AGENT_FILE.exec(entry.name)?.[1] : undefined;
      if (agentId !== undefined && !INTERNAL.test(agentId) && !found.has(agentId))
        found.set(agentId, { folder, runId });
      if (!entry.isDirectory() || depth === MAX_DEPTH) continue;
      runs.add(entry.name);
      await look(join(folder, entry.name), depth + 1, entry.name);
    }
  };
  for (const root of roots) await look(root, 1, null);

  const ids = [...found.keys()].toSorted();
  const all: Agent[] = [];
  for (const agentId of ids.slice(0, MAX_SUBAGENTS)) {
    const { folder = beside, runId = null } = found.get(agentId) ?? {};
    const path = join(folder, `agent-${agentId}.meta.json`);
    const meta = parseRecord(await readSmall(path)) ?? {};
    const [type, name] = [text(own(meta, "agentType")), text(own(meta, "name"))];
    const ownCall = text(own(meta, "toolUseId"));
    const callId = ownCall ?? text(own(meta, "enclosingToolUseId"));
    const isByScript = ownCall === null && (callId !== null || runId !== null);
    all.push({ agentId, type, name, callId, isByScript, runId, folder });
  }
  return {
    all,
    of: (call) => {
      const known = all.filter((agent) => isOf(agent, call));
      const { agentId } = call;
      if (agentId === null || !AGENT_ID.test(agentId) || known.some((agent) => agent.agentId === agentId)) return known;
      const unknown = { type: null, name: null, callId: null, isByScript: false, runId: null };
      return known.length > 0 ? known : [{ agentId, ...unknown, folder: roots[0] ?? beside }];
    },
    hasRun: (runId) => runs.has(runId),
    more: Math.max(0, ids.length - MAX_SUBAGENTS),
    find: async ({ agentId, folder }) => findFile([folder, beside], `agent-${agentId}.jsonl`),
  };
}

function isOf({ agentId, name, callId, runId }: Agent, call: Started): boolean {
  if (callId === call.callId || agentId === call.agentId) return true;
  if (runId !== null && callId === null && runId === call.runId) return true;
  const to = call.continues;
  return to !== null && (agentId === to || name === to || (agentId.startsWith(`a${to}-`) && name === null));
}
