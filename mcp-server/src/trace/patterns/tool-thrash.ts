import { createLongest } from "../values/lists.ts";
import type { ToolCall } from "../call/tool-call.ts";
import { isUnrun } from "../call/error-kinds.ts";
import { isBookkeeping } from "../call/tools.ts";
import { type Finding, type Pattern } from "./pattern.ts";

/**
 * The main agent goes round in circles: a streak of failing calls with no success between (4 medium, 6 high), two
 * inputs in alternation (6 calls, high), or one identical call in a row (3 medium, 5 high). Thresholds: OpenHands' stuck
 * detector (6 alternating) and Gemini CLI's loop detection (5 identical); none of them occurs in more than 1 % of real
 * sessions. Calls of one batch are parallel; keeping a task list, polling, and calls that were refused or cancelled do not
 * count.
 */
export const toolThrash: Pattern = {
  id: "tool_thrash",
  detect: ({ timeline }) => {
    if (!timeline.isOrderKnown) return null;
    const calls = timeline.mainCalls.filter(isTried);
    const found = [alternation(calls), identical(calls), failures(calls)].filter((finding) => finding !== null);
    return found.find(({ severity }) => severity === "high") ?? found[0] ?? null;
  },
};

/** A call that ran and was to have its result at once. */
function isTried({ tool, command, isBackground, error }: ToolCall): boolean {
  if (isBookkeeping(tool) || isBackground || command?.isPolling === true) return false;
  return error === null || !isUnrun(error.kind);
}

function failures(calls: readonly ToolCall[]): Finding | null {
  const streak = createLongest<ToolCall>();
  for (const call of calls) {
    if (call.error === null) streak.restart();
    else if (!isEmptySearch(call) && streak.last()?.batch !== call.batch) streak.extend(call);
  }
  return toFinding(streak.longest(), 4, 6, "calls in a row failed");
}

function identical(calls: readonly ToolCall[]): Finding | null {
  const run = createLongest<ToolCall>();
  for (const call of calls) {
    const last = run.last();
    const isSame = last !== undefined && call.inputHash !== null && isAlike(last, call) && last.changed.length === 0;
    if (isSame && last.batch === call.batch) continue;
    if (!isSame) run.restart();
    run.extend(call);
  }
  return toFinding(run.longest(), 3, 5, "identical calls in a row");
}

function alternation(calls: readonly ToolCall[]): Finding | null {
  const run = createLongest<ToolCall>();
  for (const call of calls) {
    const before = run.beforeLast();
    const last = run.last();
    const isKnown = call.inputHash !== null && call.batch !== last?.batch;
    const isOther = isKnown && last !== undefined && !isAlike(last, call);
    const isNext = isOther && (before === undefined || isAlike(before, call));
    if (!isNext) run.restart();
    // The last two differ, so they may begin an alternation.
    if (isOther && !isNext) run.extend(last);
    if (isKnown) run.extend(call);
  }
  const worst = run.longest();
  return worst.length < 6
    ? null
    : {
        severity: "high",
        count: worst.length,
        detail: `${worst.length} calls alternate between two inputs`,
        observations: ids(worst),
      };
}

function toFinding(run: readonly ToolCall[], medium: number, high: number, what: string): Finding | null {
  if (run.length < medium) return null;
  return {
    severity: run.length >= high ? "high" : "medium",
    count: run.length,
    detail: `${run.length} ${what}`,
    observations: ids(run),
  };
}

/** grep exits with 1 when it finds nothing. */
function isEmptySearch({ op, error }: ToolCall): boolean {
  return op === "search" && error?.kind === "nonzero_exit";
}

function isAlike(left: ToolCall, right: ToolCall): boolean {
  return left.tool === right.tool && left.inputHash === right.inputHash;
}

function ids(calls: readonly ToolCall[]): readonly string[] {
  return calls.map(({ id }) => id);
}
