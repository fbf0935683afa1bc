import { isCompaction } from "../call/row-names.ts";
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
    const drops: string[] = [];
    let before = 0;
    for (const { actor, inputTokens, id } of timeline.generations) {
      if (actor !== "main" || inputTokens === null || inputTokens === 0) continue;
      if (before > MIN_TOKENS && inputTokens < before / 2) drops.push(id);
      before = inputTokens;
    }
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
