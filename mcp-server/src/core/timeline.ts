import { placeEvents, type Actor, type Placed } from "./actors.ts";
import { toCalls, type Call, type Step } from "./calls.ts";
import { toDerivedCalls } from "./derived-calls.ts";
import type { Container, TimelineEvent } from "./event.ts";
import { createPaths, type Paths } from "./paths.ts";
import type { TraceFacts } from "./reducer.ts";
import type { Shape } from "./shapes/shape.ts";
import { toTiming, type Timing } from "./timing.ts";

export type { Call, Step } from "./calls.ts";

/** A trace in order: what every rule of the core works on. */
export type Timeline = {
  readonly facts: TraceFacts;
  /** Sorted by time; see `compare`. */
  readonly events: readonly TimelineEvent[];
  readonly turns: readonly TimelineEvent[];
  readonly calls: readonly Call[];
  /** Those of the main agent. */
  readonly mainCalls: readonly Call[];
  readonly generations: readonly Step[];
  readonly actors: ReadonlySet<Actor>;
  readonly actorOf: (id: string) => Actor;
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

/**
 * By start, kind, number in the name, end and id: a function of the data, never of the order of arrival.
 * Two unknown times differ by NaN, which `||` passes over as it does 0.
 */
function compare(left: TimelineEvent, right: TimelineEvent): number {
  return (
    (left.start ?? Infinity) - (right.start ?? Infinity) ||
    RANK[left.kind] - RANK[right.kind] ||
    (left.generation?.ordinal ?? 0) - (right.generation?.ordinal ?? 0) ||
    (left.end ?? Infinity) - (right.end ?? Infinity) ||
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
export function toTimeline(facts: TraceFacts, shape: Shape): Timeline {
  const events = [...facts.events.values()].sort(compare);
  const synthetic = `t-${facts.traceId}`;
  const isUnparented = ({ parentId }: TimelineEvent): boolean => parentId === null || parentId === synthetic;
  // A span on top is the turn. A subagent's span on top is one too when nothing of a main agent lies beside it: a trace
  // of its own.
  const isSubagentAlone = events.every((event) => !isUnparented(event) || BESIDE_SUBAGENT.has(event.kind));
  const isTurn = (event: TimelineEvent, isOnTop: boolean): boolean =>
    isOnTop && (event.kind === "container" || (event.kind === "subagent" && isSubagentAlone && isUnparented(event)));
  const { rows, hasInferredActors } = placeEvents(events, isTurn);
  const top = rows.filter(({ parent }) => parent === null);
  const turns = top.filter(({ event }) => isTurn(event, true)).map(({ event }) => event);
  const recorded = toCalls(rows, shape.flagsErrors, facts.warnings);
  const { generations, orphanPermissions } = recorded;
  const isDerived = recorded.calls.length === 0 && facts.derived.length > 0;
  const calls = isDerived ? toDerivedCalls(facts.derived) : recorded.calls;
  const timing = toTiming(rows, turns);
  return {
    facts,
    events,
    turns,
    calls,
    mainCalls: calls.filter(({ actor }) => actor === "main"),
    generations,
    actors: new Set(rows.map(({ actor }) => actor)),
    actorOf: (id) => rows.find(({ event }) => event.id === id)?.actor ?? "main",
    timing: shape.atMost.timing === "not_recorded" ? { ...timing, durationMs: null } : timing,
    isOrderKnown: shape.atMost.order !== "not_recorded" && (isDerived || isOrderKnown(calls)),
    paths: createPaths(containersOf({ turns, facts }), calls),
    orphanPermissions,
    danglingRows: top.filter((row) => isDangling(row, synthetic) && !isTurn(row.event, true)).length,
    openRows: events.filter(({ end, kind, type }) => end === null && kind !== "event" && type !== "EVENT").length,
    hasInferredActors,
  };
}

/** A row on top that names a parent. The roots of some exporters do, and a native permission does when it is orphaned. */
function isDangling({ event: { parentId, kind } }: Placed, synthetic: string): boolean {
  return parentId !== null && parentId !== synthetic && kind !== "permission";
}

/** Unknown when more than 20 % of the calls share both start and end with another. */
function isOrderKnown(calls: readonly Call[]): boolean {
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

function sharedEnds(calls: readonly Call[]): number {
  const counts = new Map<number | null, number>();
  for (const { end } of calls) counts.set(end, (counts.get(end) ?? 0) + 1);
  return calls.filter(({ end }) => (counts.get(end) ?? 0) > 1).length;
}
