import type { ToolCall } from "../call/tool-call.ts";
import { isCompaction } from "../call/row-names.ts";
import type { Timeline } from "../timeline/timeline.ts";
import type { Pattern } from "./pattern.ts";

/** Below this the context is small and its size says nothing; tokens. */
const MIN_TOKENS = 20_000;

/**
 * The main agent's context was compacted at least twice: marked as such, or seen as the input of a request falling to
 * less than half of the one before.
 */
export const contextThrash: Pattern = {
  id: "context_thrash",
  detect: ({ timeline }) => {
    if (!timeline.isOrderKnown) return null;
    const marked = timeline.events
      .filter(({ kind, name }) => kind === "event" && isCompaction(name))
      .map(({ id }) => id);
    const drops = dropsOf(timeline, "main").map(({ id }) => id);
    const observations = marked.length >= drops.length ? marked : drops;
    if (observations.length < 2) return null;
    return {
      severity: "low",
      count: observations.length,
      detail: `the context was compacted ${observations.length} times`,
      observations,
    };
  },
};

/** Whether an agent's context ran out after a call: it was compacted, or a request's input fell to less than half. */
export function ranOutAfter(call: ToolCall, timeline: Timeline): boolean {
  const isCompacted = timeline.calls.some(({ actor, epoch }) => actor === call.actor && epoch > call.epoch);
  return isCompacted || dropsOf(timeline, call.actor).some(({ batch }) => batch > call.batch);
}

function dropsOf({ generations }: Timeline, agent: string): readonly { readonly id: string; readonly batch: number }[] {
  const drops: { readonly id: string; readonly batch: number }[] = [];
  let before = 0;
  for (const { actor, inputTokens, id, batch } of generations) {
    if (actor !== agent || inputTokens === null || inputTokens === 0) continue;
    if (before > MIN_TOKENS && inputTokens < before / 2) drops.push({ id, batch });
    before = inputTokens;
  }
  return drops;
}
