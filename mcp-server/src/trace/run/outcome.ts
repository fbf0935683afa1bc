import { isCheck, toVerdict } from "./checks.ts";
import type { TaskList } from "./tasks.ts";
import type { ToolCall } from "../call/tool-call.ts";
import type { Generation, TimelineEvent } from "../rows/event.ts";
import { containersOf, type Timeline } from "../timeline/timeline.ts";
import { isRefusal } from "../call/error-kinds.ts";
import type { Evidence, Outcome } from "../values/vocabulary.ts";

/** How a run ended. `isWhole`: no row that it needs is missing, or open while its actor waits. */
export type Ending = {
  readonly isWhole: boolean;
  readonly isInterrupted: boolean;
  readonly isApiError: boolean;
  /** The last word was a tool call: the run was cut off. */
  readonly isCutOff: boolean;
  readonly hasFinalAnswer: boolean;
  readonly completed: boolean;
};

const FINAL_STOP = /end_turn|stop_sequence|refusal/u;

/** Computed from the data alone; whether a trace has been quiet for long enough is the selectors' business. */
export function toEnding(timeline: Timeline): Ending {
  const last = timeline.generations.findLast(({ actor }) => actor === "main");
  const isWhole = timeline.danglingRows === 0 && isClosed(timeline) && timeline.events.length > 0 && hasRoot(timeline);
  const isApiError = containersOf(timeline).some(({ isApiError }) => isApiError) || last?.isApiError === true;
  const hasFinalAnswer = !isApiError && isAnswered(timeline, last);
  const isInterrupted = isStopped(timeline, hasFinalAnswer);
  const isCutOff = !hasFinalAnswer && last !== undefined && asksForTools(last);
  return {
    isWhole,
    isInterrupted,
    isApiError,
    isCutOff,
    hasFinalAnswer,
    completed:
      isWhole &&
      hasFinalAnswer &&
      !isInterrupted &&
      !containersOf(timeline).some(({ isMarkedIncomplete }) => isMarkedIncomplete),
  };
}

/**
 * Whether every row has its end. The result of a call may be lost (anthropics/claude-code #39830, #59668): where its
 * actor went on to another request, the call is over, whatever came of it.
 */
function isClosed({ events, openRows }: Timeline): boolean {
  if (openRows === 0) return true;
  const latest = new Map<string, TimelineEvent>();
  for (const event of events) if (event.kind === "generation" && event.end !== null) latest.set(event.actor, event);
  const isOver = ({ kind, actor, start, end }: TimelineEvent): boolean => {
    const request = latest.get(actor);
    if (kind !== "tool" || start === null || end !== null || request === undefined) return false;
    return (request.start ?? 0) >= start && (request.end ?? 0) > start;
  };
  return events.filter(isOver).length === openRows;
}

/** Native traces have a root when they are whole; some exporters write none, and then all rows lie on top. */
function hasRoot({ turns, events, facts }: Timeline): boolean {
  if (turns.length > 0) return true;
  if (facts.rowNames.has("GENERATION claude_code.llm_request")) return false;
  return events.some(({ parentId }) => parentId === null || parentId === `t-${facts.traceId}`);
}

function asksForTools({ stopReason, toolCalls, hasText }: Generation): boolean {
  if (stopReason !== null) return stopReason.includes("tool_use");
  return toolCalls !== null && toolCalls > 0 && hasText !== null;
}

function isAnswered(timeline: Timeline, last: Generation | undefined): boolean {
  if (last !== undefined && last.stopReason !== null) return FINAL_STOP.test(last.stopReason);
  if (containersOf(timeline).some(({ finishReason }) => finishReason === "end_turn")) return true;
  if (last !== undefined && asksForTools(last)) return false;
  const turnTexts = containersOf(timeline).flatMap(({ hasFinalText }) => (hasFinalText === null ? [] : [hasFinalText]));
  return turnTexts.length > 0 ? turnTexts.includes(true) : last?.hasText === true;
}

function isStopped(timeline: Timeline, hasFinalAnswer: boolean): boolean {
  if (timeline.orphanPermissions > 0 || timeline.facts.tags.has("interrupted")) return true;
  if (timeline.turns.length === 0 && timeline.facts.trace?.isInterruption === true) return true;
  if (timeline.events.some(({ isInterruption }) => isInterruption)) return true;
  const lastCall = timeline.calls.findLast(({ actor }) => actor === "main");
  const isRejectedLast = timeline.isOrderKnown
    ? lastCall !== undefined && isRejected(lastCall)
    : timeline.calls.some(isRejected);
  return timeline.calls.some(({ error }) => error?.kind === "interrupted") || (isRejectedLast && !hasFinalAnswer);
}

/** A plan that is taken over into a fresh context is recorded as rejected too (anthropics/claude-code #59927). */
function isRejected({ error, tool }: ToolCall): boolean {
  return error?.kind === "user_rejected" && tool !== "exitplanmode";
}

/** `success` means ended normally with no failing evidence, never that the task is right. */
export function toOutcome(timeline: Timeline, ending: Ending, tasks: TaskList, evidence: Evidence | null): Outcome {
  if (ending.isInterrupted || ending.isApiError) return "failure";
  if (!ending.isWhole) return "unknown";
  if (ending.isCutOff) return "failure";
  if (!ending.hasFinalAnswer) return "unknown";
  if (evidence === "check_failed") return "partial_success";
  if (!timeline.isOrderKnown && hasBothVerdicts(timeline)) return "unknown";
  return hasUnresolvedRefusal(timeline) || tasks.open > 0 ? "partial_success" : "success";
}

/** Some checks passed, others failed: without an order nobody knows which came last. */
function hasBothVerdicts({ calls }: Timeline): boolean {
  const verdicts = new Set(calls.filter(isCheck).map(toVerdict));
  return verdicts.has("failed") && verdicts.has("passed");
}

/** A denied call that no later call of the same tool and target made good. */
function hasUnresolvedRefusal({ calls, paths, isOrderKnown }: Timeline): boolean {
  const targetOf = (call: ToolCall): string =>
    `${call.tool} ${call.path === null ? (call.command?.hash ?? call.inputHash ?? "") : paths.key(call.path)}`;
  const isRefused = ({ error }: ToolCall): boolean => error !== null && isRefusal(error.kind);
  if (!calls.some(isRefused)) return false;
  // From the end on, so that what was made good later is known when a refusal is met.
  const madeGood = new Set<string>();
  if (!isOrderKnown) for (const call of calls) if (call.error === null) madeGood.add(targetOf(call));
  return calls.toReversed().some((call) => {
    if (call.error === null) madeGood.add(targetOf(call));
    return isRefused(call) && !madeGood.has(targetOf(call));
  });
}
