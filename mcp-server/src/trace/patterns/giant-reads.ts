import { addTo } from "../values/lists.ts";
import type { ToolCall } from "../call/tool-call.ts";
import type { Timeline } from "../timeline/timeline.ts";
import { ranOutAfter } from "./context-thrash.ts";
import { grade, type Pattern } from "./pattern.ts";
import { plural } from "../values/plural.ts";

/** Characters of one result: 99 % of real results are below 38,900, the longest was 480,000. */
const GIANT = 50_000;

/**
 * Reads of one agent that were refused because the file is too large, or that returned more than 50,000 characters at
 * once, where they did harm: one of the files was then read again by range, or the context ran out. 2 are low, 4 medium. Of
 * eight read blind without that mark, four were a large file that was needed whole. The main agent and each subagent have
 * a context of their own to fill, so the agent with the most of them counts.
 */
export const giantReads: Pattern = {
  id: "giant_reads",
  detect: ({ timeline }) => {
    if (!timeline.isOrderKnown) return null;
    const perActor = new Map<string, ToolCall[]>();
    for (const call of timeline.calls) {
      const { error, outputSize, op, range, actor } = call;
      const isGiant = op === "read" && (outputSize ?? 0) > GIANT && (range ?? "") === "";
      if (error?.kind === "too_large" || isGiant) addTo(perActor, actor, call);
    }
    const harmful = [...perActor.values()].filter((calls) => didHarm(calls, timeline));
    const [giant = []] = harmful.toSorted((left, right) => right.length - left.length);
    const severity = grade(giant.length, [
      [4, "medium"],
      [2, "low"],
    ]);
    if (severity === null) return null;
    return {
      severity,
      count: giant.length,
      detail: `${plural(giant.length, "read")} of one agent refused as too large, or of over 50,000 characters, and read again in parts or forgotten`,
      observations: giant.map(({ id }) => id),
    };
  },
};

function didHarm(giant: readonly ToolCall[], timeline: Timeline): boolean {
  const [first] = giant;
  if (first === undefined || giant.length < 2) return false;
  const files = new Set(giant.flatMap(({ path }) => (path === null ? [] : [timeline.paths.key(path)])));
  const isReadAgain = timeline.calls
    .slice(timeline.calls.indexOf(first) + 1)
    .some(
      ({ actor, read }) =>
        actor === first.actor && read.some(({ key, range }) => range !== null && range !== "" && files.has(key)),
    );
  return isReadAgain || ranOutAfter(first, timeline);
}
