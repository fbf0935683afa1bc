import { assignActors, type Actor } from "./actors.ts";
import type { CallError, Generation, TimelineEvent, ToolCall } from "./event.ts";
import { createPaths, type Paths } from "./paths.ts";
import { isHookTwin } from "./tools.ts";
import type { TraceFacts } from "./reducer.ts";
import type { Shape } from "./shapes/shape.ts";
import { toTiming, type Timing } from "./timing.ts";

/** A tool call in its place: whose it is, when, and which calls the same generation asked for. */
export type Call = ToolCall & {
  readonly id: string;
  readonly start: number | null;
  readonly end: number | null;
  readonly actor: Actor;
  readonly subagent: string | null;
  /** Calls with one batch were asked for together, so they are not consecutive. */
  readonly batch: number;
  /** A context was compacted before it: what was read earlier may have been forgotten. */
  readonly epoch: number;
};

export type Step = Generation & {
  readonly id: string;
  readonly actor: Actor;
  readonly order: number;
  readonly batch: number;
};

/** A trace in order: what every rule of the core works on. */
export type Timeline = {
  readonly facts: TraceFacts;
  /** Sorted by time; see `compare`. */
  readonly events: readonly TimelineEvent[];
  readonly turns: readonly TimelineEvent[];
  readonly calls: readonly Call[];
  readonly generations: readonly Step[];
  readonly actors: ReadonlyMap<string, Actor>;
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
  const parents = (event: TimelineEvent): TimelineEvent | undefined =>
    event.parentId === null ? undefined : facts.events.get(event.parentId);
  const isTop = (event: TimelineEvent): boolean => parents(event) === undefined;
  const turns = events.filter((event) => isTurn(event, isTop(event), facts));
  const { actors, hasInferred } = assignActors(events, facts.events, turns);
  const timing = toTiming(events, turns, actors);
  const folded = foldParts(events, facts);
  const calls = toCalls(events, actors, folded.byTool);
  const isSyntheticParent = (event: TimelineEvent): boolean => event.parentId === `t-${facts.traceId}`;
  const turnIds = new Set(turns.map(({ id }) => id));
  const dangling = events.filter(
    (event) =>
      event.parentId !== null &&
      isTop(event) &&
      !isSyntheticParent(event) &&
      !turnIds.has(event.id) &&
      event.kind !== "permission",
  );
  return {
    facts,
    events,
    turns,
    calls: calls.calls,
    generations: calls.generations,
    actors,
    timing: shape.atMost.timing === "not_recorded" ? { ...timing, durationMs: null } : timing,
    isOrderKnown: shape.atMost.order !== "not_recorded" && isOrderKnown(calls.calls),
    paths: createPaths(turns, calls.calls),
    orphanPermissions: folded.orphans,
    danglingRows: dangling.length,
    openRows: events.filter((event) => event.end === null && event.kind !== "event" && event.type !== "EVENT").length,
    hasInferredActors: hasInferred,
  };
}

/** A span on top is the turn. A subagent's span on top is one too when nothing else is (a trace of its own). */
function isTurn(event: TimelineEvent, isOnTop: boolean, facts: TraceFacts): boolean {
  if (!isOnTop) return false;
  if (event.kind === "container") return true;
  return event.kind === "subagent" && (event.parentId === null || event.parentId === `t-${facts.traceId}`);
}

type Folded = { readonly errors: CallError | null; readonly isRejected: boolean; readonly wasExecuted: boolean };

/** Native telemetry splits a call into three rows; the execution tells the error, the permission who said no. */
function foldParts(
  events: readonly TimelineEvent[],
  facts: TraceFacts,
): { byTool: ReadonlyMap<string, Folded>; orphans: number } {
  const byTool = new Map<string, Folded>();
  let orphans = 0;
  for (const event of events) {
    if (event.kind !== "execution" && event.kind !== "permission") continue;
    if (event.parentId === null || facts.events.get(event.parentId)?.kind !== "tool") {
      if (event.kind === "permission") orphans += 1;
      else facts.warnings.add("execution_without_call");
      continue;
    }
    const known = byTool.get(event.parentId);
    byTool.set(event.parentId, {
      errors: known?.errors ?? event.error,
      isRejected: (known?.isRejected ?? false) || event.isRejected,
      wasExecuted: (known?.wasExecuted ?? false) || event.kind === "execution",
    });
  }
  return { byTool, orphans };
}

function toCalls(
  events: readonly TimelineEvent[],
  actors: ReadonlyMap<string, Actor>,
  folded: ReadonlyMap<string, Folded>,
): { calls: readonly Call[]; generations: readonly Step[] } {
  const calls: Call[] = [];
  const generations: Step[] = [];
  const seen = new Set<string>();
  const batches = new Map<Actor, number>();
  const lastEnd = new Map<Actor, number>();
  let batch = 0;
  let epoch = 0;
  const open = (actor: Actor): number => {
    batch += 1;
    batches.set(actor, batch);
    return batch;
  };
  const hasGenerations = new Set(
    events.filter(({ kind }) => kind === "generation").map(({ id }) => actors.get(id) ?? "main"),
  );
  for (const event of events) {
    const actor = actors.get(event.id) ?? "main";
    if (event.kind === "event" && /compact/iu.test(event.name)) epoch += 1;
    if (event.generation)
      generations.push({ ...event.generation, id: event.id, actor, order: generations.length, batch: open(actor) });
    if (!event.call) continue;
    // One call in two rows: the same id, or a hook's row beside the tool's own.
    const key = event.call.callId === null ? null : `${event.call.tool} ${event.call.callId}`;
    if (isHookTwin(event.name) || (key !== null && seen.has(key))) continue;
    if (key !== null) seen.add(key);
    // Without generations, calls that overlap in time were asked for together.
    const isParallel = event.start !== null && event.start < (lastEnd.get(actor) ?? -Infinity);
    if (!hasGenerations.has(actor) && !isParallel) open(actor);
    lastEnd.set(actor, Math.max(lastEnd.get(actor) ?? -Infinity, event.end ?? -Infinity));
    const parts = folded.get(event.id);
    calls.push({
      ...event.call,
      error:
        event.call.error ??
        parts?.errors ??
        (parts?.isRejected === true ? { kind: "permission_denied", isInferred: false } : null),
      isErrorVisible: event.call.isErrorVisible || parts !== undefined,
      id: event.id,
      start: event.start,
      end: event.end,
      actor,
      subagent: event.subagent,
      batch: batches.get(actor) ?? open(actor),
      epoch,
    });
  }
  return { calls, generations };
}

/** Unknown when more than 20 % of the calls share both start and end with another (traces.md 3.10). */
function isOrderKnown(calls: readonly Call[]): boolean {
  const counts = new Map<string, number>();
  for (const { start, end } of calls) counts.set(`${start} ${end}`, (counts.get(`${start} ${end}`) ?? 0) + 1);
  const tied = calls.filter(({ start, end }) => start === null || (counts.get(`${start} ${end}`) ?? 0) > 1).length;
  return tied <= calls.length * 0.2;
}
