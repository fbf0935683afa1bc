import { addTo } from "../values/lists.ts";
import type { Timeline } from "../timeline/timeline.ts";
import { plural, type Pattern } from "./pattern.ts";

/** So many distinct files read by the main agent itself, with no subagent (Claude Code best practices on context). */
const MANY_FILES = 25;

/** The main agent reads very many files itself and delegates nothing. */
export const underDelegation: Pattern = {
  id: "under_delegation",
  detect: ({ timeline }) => {
    if (timeline.calls.some(({ op }) => op === "delegate")) return null;
    const files = filesReadBy(timeline, (actor) => actor === "main");
    if (files.size < MANY_FILES) return null;
    return {
      severity: "low",
      count: files.size,
      detail: `${files.size} distinct files read without delegating`,
      observations: [...files.values()],
    };
  },
};

/** At least this many agents, of which so large a share did next to nothing (mnemon #79; MAST). */
const MANY_AGENTS = 3;
const IDLE_SHARE = 0.6;
const IDLE_CALLS = 2;

/** Several subagents are started and most of them make at most two calls: starting them cost more than they did. */
export const overDelegation: Pattern = {
  id: "over_delegation",
  detect: ({ timeline, coverage }) => {
    if (coverage.subagents !== "recorded" && coverage.subagents !== "inferred") return null;
    const started = timeline.mainCalls.filter(({ op, error }) => op === "delegate" && error === null);
    const perAgent = new Map<string, number>();
    for (const { actor } of timeline.calls) if (actor !== "main") perAgent.set(actor, (perAgent.get(actor) ?? 0) + 1);
    if (started.length < MANY_AGENTS || perAgent.size < started.length * IDLE_SHARE) return null;
    const busy = [...perAgent.values()].filter((calls) => calls > IDLE_CALLS).length;
    const idle = started.length - busy;
    if (idle / started.length < IDLE_SHARE) return null;
    return {
      severity: "low",
      count: idle,
      detail: `${idle} of ${started.length} subagents made at most ${IDLE_CALLS} calls`,
      observations: started.map(({ id }) => id),
    };
  },
};

/** Two Agent calls with the same input: the same work is asked for twice (MAST FM-1.3, step repetition). */
export const duplicateDelegation: Pattern = {
  id: "duplicate_delegation",
  detect: ({ timeline }) => {
    const byInput = new Map<string | number, string[]>();
    for (const { op, inputHash, id, error } of timeline.calls) {
      if (op !== "delegate" || inputHash === null || error !== null) continue;
      addTo(byInput, inputHash, id);
    }
    const repeated = [...byInput.values()].filter((ids) => ids.length > 1);
    if (repeated.length === 0) return null;
    const count = repeated.reduce((total, ids) => total + ids.length - 1, 0);
    return {
      severity: "medium",
      count,
      detail: `${plural(count, "subagent")} asked for what another was asked for already`,
      observations: repeated.flat(),
    };
  },
};

/** So many files: the subagents' reports did not carry what was needed. */
const SHARED_FILES = 3;

/**
 * The main agent reads files whole that a subagent had read whole before, and that nothing changed in between. The other
 * way round a subagent has to read: it does not see what the main agent saw. A file that was changed is looked at to
 * review the work.
 */
export const redundantSubagentReads: Pattern = {
  id: "redundant_subagent_reads",
  detect: ({ timeline }) => {
    if (!timeline.isOrderKnown) return null;
    const bySubagent = new Map<string, string>();
    const shared = new Map<string, readonly string[]>();
    for (const call of timeline.calls) {
      const { changed } = call;
      if (changed === "any") bySubagent.clear();
      else for (const file of changed) bySubagent.delete(file);
      for (const { key, range } of call.read) {
        if (range !== "") continue;
        const before = bySubagent.get(key);
        if (call.actor !== "main") bySubagent.set(key, before ?? call.id);
        else if (before !== undefined) shared.set(key, [before, call.id]);
      }
    }
    if (shared.size < SHARED_FILES) return null;
    return {
      severity: "low",
      count: shared.size,
      detail: `${shared.size} files read whole by the main agent after a subagent had read them`,
      observations: [...shared.values()].flat(),
    };
  },
};

/** Files read whole, by key, each with the call that read it first. */
function filesReadBy(timeline: Timeline, isActor: (actor: string) => boolean): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const call of timeline.calls) {
    if (!isActor(call.actor)) continue;
    for (const { key, range } of call.read) if (range === "" && !files.has(key)) files.set(key, call.id);
  }
  return files;
}
