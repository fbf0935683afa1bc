import type { Pattern } from "./pattern.ts";

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
