import { placeEvents, type Actor, type Placed } from "./actors.ts";
import { toCalls, type Call, type Step } from "./calls.ts";
import type { TimelineEvent } from "./event.ts";
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

/** Puts a trace's events in order: who did what, under which turn, and what belongs together. */
export function toTimeline(facts: TraceFacts, shape: Shape): Timeline {
  const events = [...facts.events.values()].sort(compare);
  const synthetic = `t-${facts.traceId}`;
  // A span on top is the turn. A subagent's span on top is one too when no parent was written: a trace of its own.
  const isTurn = ({ kind, parentId }: TimelineEvent, isOnTop: boolean): boolean =>
    isOnTop && (kind === "container" || (kind === "subagent" && (parentId === null || parentId === synthetic)));
  const { rows, hasInferredActors } = placeEvents(events, isTurn);
  const top = rows.filter(({ parent }) => parent === null);
  const turns = top.filter(({ event }) => isTurn(event, true)).map(({ event }) => event);
  const { calls, generations, orphanPermissions } = toCalls(rows, facts.warnings);
  const timing = toTiming(rows, turns);
  return {
    facts,
    events,
    turns,
    calls,
    generations,
    actors: new Set(rows.map(({ actor }) => actor)),
    actorOf: (id) => rows.find(({ event }) => event.id === id)?.actor ?? "main",
    timing: shape.atMost.timing === "not_recorded" ? { ...timing, durationMs: null } : timing,
    isOrderKnown: shape.atMost.order !== "not_recorded" && isOrderKnown(calls),
    paths: createPaths(turns, calls),
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

/** Unknown when more than 20 % of the calls share both start and end with another (traces.md 3.10). */
function isOrderKnown(calls: readonly Call[]): boolean {
  const counts = new Map<string, number>();
  for (const { start, end } of calls) {
    const key = `${start} ${end}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const tied = calls.filter(({ start, end }) => start === null || (counts.get(`${start} ${end}`) ?? 0) > 1).length;
  return tied <= calls.length * 0.2;
}
