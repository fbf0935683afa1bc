import { addTo } from "../values/lists.ts";
import type { ToolCall } from "../call/tool-call.ts";
import { grade, plural, type Pattern } from "./pattern.ts";

/** Characters of one result: 99 % of real results are below 38,900, the longest was 480,000. */
const GIANT = 50_000;

/**
 * Reads of one agent that were refused because the file is too large, or that returned more than 50,000 characters at
 * once. 2 are low, 4 medium: a single one occurs in 24 % of real sessions (docs/base-rates.md). The main agent and each
 * subagent have a context of their own to fill, so the agent with the most of them counts.
 */
export const giantReads: Pattern = {
  id: "giant_reads",
  detect: ({ timeline }) => {
    const perActor = new Map<string, ToolCall[]>();
    for (const call of timeline.calls) {
      const { error, outputSize, op, range, actor } = call;
      const isGiant = op === "read" && (outputSize ?? 0) > GIANT && (range ?? "") === "";
      if (error?.kind === "too_large" || isGiant) addTo(perActor, actor, call);
    }
    const [giant = []] = [...perActor.values()].toSorted((left, right) => right.length - left.length);
    const severity = grade(giant.length, [
      [4, "medium"],
      [2, "low"],
    ]);
    if (severity === null) return null;
    return {
      severity,
      count: giant.length,
      detail: `${plural(giant.length, "read")} of one agent refused as too large, or of over 50,000 characters`,
      observations: giant.map(({ id }) => id),
    };
  },
};
