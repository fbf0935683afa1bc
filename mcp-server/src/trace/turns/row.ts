import { containersOf, type Timeline } from "../timeline/timeline.ts";
import type { Goal } from "../run/goal.ts";
import type { Ending } from "../run/outcome.ts";
import type { TaskList } from "../run/tasks.ts";
import { isRefusal } from "../call/error-kinds.ts";
import { foldSteps } from "./fold.ts";
import { toGitNotes } from "./git.ts";
import type { Step } from "./step.ts";
import { showCall, type Did } from "./steps.ts";
import { toUnchecked } from "./unchecked.ts";

/** How a turn ended, for a reader of the table. */
export const ENDS = ["answered", "asked", "interrupted", "api_error", "cut_off", "unknown"] as const;
export type End = (typeof ENDS)[number];

/**
 * A turn as a row of the table: what the human said, what the main agent did, what it left open, how it ended. Its texts hold
 * marked paths, see show-path.ts.
 */
export type TurnRow = {
  /** The human's words, see prompt.ts; null where they are not recorded. */
  readonly human: string | null;
  readonly did: readonly Step[];
  readonly unchecked: readonly string[];
  readonly git: readonly string[];
  readonly refused: readonly string[];
  /** Tasks of its own list that the turn knew to be unfinished when it ended. */
  readonly openTasks: number;
  readonly end: End;
};

/** What a turn's row is made of; `steps` are those of the main agent, see steps.ts. */
type Turn = {
  readonly timeline: Timeline;
  readonly goal: Goal;
  readonly ending: Ending;
  readonly tasks: TaskList;
  readonly steps: readonly Did[];
};

/** A turn as a row of the table. */
export function toRow({ timeline, goal, ending, tasks, steps }: Turn): TurnRow {
  return {
    human: goal.said,
    did: toDone(steps, timeline),
    unchecked: timeline.isOrderKnown ? toUnchecked(steps, timeline) : [],
    git: timeline.isOrderKnown ? toGitNotes(steps, timeline) : [],
    refused: toRefused(timeline),
    openTasks: tasks.open,
    end: toEnd(timeline, ending),
  };
}

/** What was done; where the order is not recorded, by kind, and said so. */
function toDone(steps: readonly Did[], { isOrderKnown }: Timeline): readonly Step[] {
  if (isOrderKnown || steps.length < 2) return foldSteps(steps);
  const byKind = steps.toSorted((left, right) => compare(left.kind, right.kind) || compare(left.label, right.label));
  return [UNORDERED, ...foldSteps(byKind)];
}

const UNORDERED: Step = {
  word: "order",
  text: "in an order that is not recorded:",
  again: null,
  names: [],
  calls: 0,
  times: 1,
};

function compare(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}

function toRefused(timeline: Timeline): readonly string[] {
  const refused = new Set<string>();
  for (const call of timeline.mainCalls) {
    const { error, refusedWith } = call;
    if (error === null || !isRefusal(error.kind)) continue;
    const name = showCall(call, timeline);
    if (refusedWith !== null) refused.add(`${name}: "${refusedWith}"`);
    else refused.add(error.kind === "user_rejected" ? name : `${name} (by a rule)`);
  }
  return [...refused];
}

function toEnd(timeline: Timeline, ending: Ending): End {
  if (ending.isInterrupted) return "interrupted";
  if (ending.isApiError) return "api_error";
  if (ending.isCutOff) return "cut_off";
  if (!ending.hasFinalAnswer) return "unknown";
  const last = timeline.generations.findLast(({ actor }) => actor === "main");
  const asks = containersOf(timeline).map((container) => container.asks);
  const isAsking = asks.includes(true) || (!asks.includes(false) && last?.asks === true);
  return isAsking || timeline.mainCalls.at(-1)?.tool === "askuserquestion" ? "asked" : "answered";
}
