import { placeEvents } from "./actors.ts";
import type { ToolCall } from "../call/tool-call.ts";
import { toCalls } from "./calls.ts";
import { changedFiles, readFiles } from "./changes.ts";
import { toDerivedCalls } from "../rows/derived-calls.ts";
import type { Container, Generation, TimelineEvent } from "../rows/event.ts";
import { createPaths, type Paths } from "./paths.ts";
import type { TraceFacts } from "../rows/reducer.ts";
import type { Exporter } from "../exporters/exporter.ts";
import { toTiming, type Timing } from "./timing.ts";

/** A trace in order: what every rule of the core works on. */
export type Timeline = {
  readonly facts: TraceFacts;
  /** Sorted by time; see `compare`. */
  readonly events: readonly TimelineEvent[];
  readonly turns: readonly TimelineEvent[];
  readonly calls: readonly ToolCall[];
  /** Those of the main agent. */
  readonly mainCalls: readonly ToolCall[];
  readonly generations: readonly Generation[];
  readonly timing: Timing;
  readonly isOrderKnown: boolean;
  readonly paths: Paths;
  /** Permissions whose call never arrived: the call was in flight when a human stopped a native run. */
  readonly orphanPermissions: number;
  /** Rows whose parent is missing though the exporter writes one: the trace is not whole (yet). */
  readonly danglingRows: number;
  readonly openRows: number;
  /** Some subagent calls were told apart by time only (no id links them). */
  readonly hasInferredActors: boolean;
};

const RANK: Readonly<Record<TimelineEvent["kind"], number>> = {
  container: 0,
  turn: 0,
  generation: 1,
  subagent: 2,
  tool: 3,
  permission: 4,
  execution: 5,
  event: 6,
  other: 7,
};

/** By start, kind, number in the name, end and id: a function of the data, never of the order of arrival. */
function compare(left: TimelineEvent, right: TimelineEvent): number {
  // Answers in -1, 0 and 1: a difference of times is a number too large to be passed without allocating it.
  if (left.start !== right.start) return (left.start ?? Infinity) < (right.start ?? Infinity) ? -1 : 1;
  return (
    RANK[left.kind] - RANK[right.kind] ||
    (left.generation?.ordinal ?? 0) - (right.generation?.ordinal ?? 0) ||
    (left.end === right.end ? 0 : (left.end ?? Infinity) < (right.end ?? Infinity) ? -1 : 1) ||
    (left.id < right.id ? -1 : Number(left.id > right.id))
  );
}

const BESIDE_SUBAGENT: ReadonlySet<TimelineEvent["kind"]> = new Set(["subagent", "event", "other"] as const);

/** What the turn says of itself: its roots, or the trace where the exporter writes no root. */
export function containersOf({ turns, facts }: Pick<Timeline, "turns" | "facts">): readonly Container[] {
  const sources = turns.length === 0 && facts.trace !== null ? [facts.trace] : turns;
  return sources.flatMap(({ container }) => (container === null ? [] : [container]));
}

/** Puts a trace's events in order: who did what, under which turn, and what belongs together. */
export function toTimeline(facts: TraceFacts, exporter: Exporter): Timeline {
  const events = [...facts.events.values()].sort(compare);
  const synthetic = `t-${facts.traceId}`;
  const isUnparented = ({ parentId }: TimelineEvent): boolean => parentId === null || parentId === synthetic;
  // A span on top is the turn. A subagent's span on top is one too when nothing of a main agent lies beside it: a trace
  // of its own.
  const isSubagentAlone = events.every((event) => !isUnparented(event) || BESIDE_SUBAGENT.has(event.kind));
  const isTurn = (event: TimelineEvent, isOnTop: boolean): boolean =>
    isOnTop && (event.kind === "container" || (event.kind === "subagent" && isSubagentAlone && isUnparented(event)));
  const hasInferredActors = placeEvents(events, facts.events, isTurn);
  const top = events.filter(({ parent }) => parent === null);
  const turns = top.filter((event) => isTurn(event, true));
  const recorded = toCalls(events, exporter.flagsErrors, facts.warnings);
  const { generations, orphanPermissions } = recorded;
  const isDerived = recorded.calls.length === 0 && facts.derived.length > 0;
  const calls = isDerived ? toDerivedCalls(facts.derived) : recorded.calls;
  const timing = toTiming(events, turns);
  const paths = createPaths(containersOf({ turns, facts }), calls);
  for (const call of calls) {
    // Once for all patterns, which ask for the same of many thousand calls.
    call.changed = changedFiles(call, paths);
    call.read = readFiles(call, paths);
  }
  return {
    facts,
    events,
    turns,
    calls,
    mainCalls: calls.filter(({ actor }) => actor === "main"),
    generations,
    timing: exporter.atMost.timing === "not_recorded" ? { ...timing, durationMs: null } : timing,
    isOrderKnown: exporter.atMost.order !== "not_recorded" && (isDerived || isOrderKnown(calls)),
    paths,
    orphanPermissions,
    danglingRows: top.filter((event) => isDangling(event, synthetic) && !isTurn(event, true)).length,
    openRows: events.filter(({ end, kind, type }) => end === null && kind !== "event" && type !== "EVENT").length,
    hasInferredActors,
  };
}

/** A row on top that names a parent. The roots of some exporters do, and a native permission does when it is orphaned. */
function isDangling({ parentId, kind }: TimelineEvent, synthetic: string): boolean {
  return parentId !== null && parentId !== synthetic && kind !== "permission";
}

/** Unknown when more than 20 % of the calls share both start and end with another. */
function isOrderKnown(calls: readonly ToolCall[]): boolean {
  let tied = 0;
  // Calls are sorted by start, so those that share it are neighbours.
  for (let from = 0; from < calls.length;) {
    const start = calls[from]?.start ?? null;
    let to = from + 1;
    while (to < calls.length && calls[to]?.start === start) to += 1;
    if (start === null) tied += to - from;
    else if (to - from > 1) tied += sharedEnds(calls.slice(from, to));
    from = to;
  }
  return tied <= calls.length * 0.2;
}

function sharedEnds(calls: readonly ToolCall[]): number {
  const counts = new Map<number | null, number>();
  for (const { end } of calls) counts.set(end, (counts.get(end) ?? 0) + 1);
  return calls.filter(({ end }) => (counts.get(end) ?? 0) > 1).length;
}
