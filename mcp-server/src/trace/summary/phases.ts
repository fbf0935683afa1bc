import type { Found } from "../patterns/all.ts";
import type { Phase } from "./schema.ts";
import type { ToolCall } from "../call/tool-call.ts";
import type { Timeline } from "../timeline/timeline.ts";
import { isBookkeeping } from "../call/tools.ts";
import { byFrequency, MAX_PHASE_PATTERNS, PHASE_KINDS, type Op, type PhaseKind } from "../values/vocabulary.ts";

/** Up to here the two cheapest neighbours are looked for one pair at a time, which takes the square of it. */
const MAX_SEARCHED = 200;

const KIND_OF: Readonly<Record<Op, PhaseKind>> = {
  plan: "plan",
  read: "explore",
  search: "explore",
  edit: "edit",
  test: "check",
  check: "check",
  delegate: "delegate",
  exec: "run",
  other: "other",
};

type Draft = {
  /** Calls by the place of their kind in PHASE_KINDS. */
  readonly counts: readonly number[];
  readonly calls: number;
  readonly errors: number;
  readonly start: number | null;
  readonly end: number | null;
  /** Places in `found`. */
  readonly patterns: ReadonlySet<number>;
};

/** The phases of a run, joined until at most so many are left. */
export type FoldPhases = (max: number) => Phase[];

/**
 * The main agent's calls in order as phases: runs of calls of one kind. A call that keeps a task list or waits belongs to
 * the phase around it. Where there are too many, neighbours are joined, first those whose join puts the fewest calls under
 * the name of another kind (a phase has the name of its most frequent one), of several the shortest, then the earliest: a
 * to and fro of edits and tests becomes one phase, and a long look around stays one of its own. `start_ms` counts from the
 * start of the run; `duration_ms` is from the first call's start to the last one's end, so the time between phases is the
 * model's; both null when times are not recorded. Empty when the order is not recorded. `found` are the patterns with
 * all their evidence; `isErrorKnown` says whether a failed call would show.
 */
export function toPhases(timeline: Timeline, found: readonly Found[], isErrorKnown: boolean): FoldPhases {
  if (!timeline.isOrderKnown) return () => [];
  const { mainCalls } = timeline;
  const evidence = evidenceOf(found);
  const starts = joinPairs(startsOfRuns(mainCalls));
  let phases: readonly Draft[] = starts.map((from, at) => toDraft(mainCalls, from, starts[at + 1], evidence));
  const isTimed = timeline.timing.durationMs !== null;
  const origin = isTimed ? timeline.timing.startedAt : null;
  return (max) => {
    phases = joinTo(phases, max);
    return phases.map((phase) => toPhase(phase, found, isErrorKnown, origin));
  };
}

/** Observation id -> places of the patterns that it proves. */
function evidenceOf(found: readonly Found[]): ReadonlyMap<string, ReadonlySet<number>> {
  const evidence = new Map<string, Set<number>>();
  for (const [at, { observations }] of found.entries())
    for (const id of observations) evidence.set(id, (evidence.get(id) ?? new Set()).add(at));
  return evidence;
}

/** Where the runs of calls of one kind begin. */
function startsOfRuns(calls: readonly ToolCall[]): readonly number[] {
  const starts: number[] = [];
  let current: PhaseKind | null = null;
  calls.forEach((call, at) => {
    const kind = isUpkeep(call) ? null : KIND_OF[call.op];
    if (at === 0 || (kind !== null && current !== null && kind !== current)) starts.push(at);
    current = kind ?? current;
  });
  return starts;
}

function joinPairs(starts: readonly number[]): readonly number[] {
  let left = starts;
  while (left.length > MAX_SEARCHED) left = left.filter((_start, at) => at % 2 === 0);
  return left;
}

/** Making a task list is planning; keeping it goes along with the work around it. */
function isUpkeep({ tool, op }: ToolCall): boolean {
  return isBookkeeping(tool) && op !== "plan";
}

function toDraft(
  calls: readonly ToolCall[],
  from: number,
  to: number | undefined,
  evidence: ReadonlyMap<string, ReadonlySet<number>>,
): Draft {
  const own = calls.slice(from, to);
  const counts = PHASE_KINDS.map(() => 0);
  let patterns = NO_PATTERNS;
  let [errors, start, end]: [number, number | null, number | null] = [0, null, null];
  for (const call of own) {
    const kind = PHASE_KINDS.indexOf(isUpkeep(call) ? "upkeep" : KIND_OF[call.op]);
    counts[kind] = (counts[kind] ?? 0) + 1;
    if (call.error !== null) errors += 1;
    start = extreme(Math.min, start, call.start);
    end = extreme(Math.max, extreme(Math.max, end, call.start), call.end);
    patterns = union(patterns, evidence.get(call.id) ?? NO_PATTERNS);
  }
  return { counts, calls: own.length, errors, start, end, patterns };
}

function joinTo(phases: readonly Draft[], max: number): readonly Draft[] {
  const left = [...phases];
  const costs = left.map((phase, at) => costOf(left[at - 1], phase));
  while (left.length > max) {
    let best = { at: 0, calls: Infinity, cost: Infinity };
    for (let at = 1; at < left.length; at += 1) {
      const cost = costs[at] ?? Infinity;
      if (cost > best.cost) continue;
      const calls = (left[at - 1]?.calls ?? 0) + (left[at]?.calls ?? 0);
      if (cost < best.cost || calls < best.calls) best = { at, calls, cost };
    }
    const into = left[best.at - 1];
    if (into === undefined) return max > 0 ? left : [];
    left.splice(best.at - 1, 2, join(into, left[best.at]));
    costs.splice(best.at, 1);
    // Only the joins with what was just joined cost something else.
    for (const at of [best.at - 1, best.at]) if (at < left.length) costs[at] = costOf(left[at - 1], left[at]);
  }
  return left;
}

/** How many calls more are misnamed where two neighbours are one phase; the first phase has nothing to join. */
function costOf(first: Draft | undefined, second: Draft | undefined): number {
  if (first === undefined || second === undefined) return Infinity;
  return misnamed(first, second) - misnamed(first) - misnamed(second);
}

function join(first: Draft, second: Draft | undefined): Draft {
  if (second === undefined) return first;
  return {
    counts: first.counts.map((count, kind) => count + (second.counts[kind] ?? 0)),
    calls: first.calls + second.calls,
    errors: first.errors + second.errors,
    start: extreme(Math.min, first.start, second.start),
    end: extreme(Math.max, first.end, second.end),
    patterns: union(first.patterns, second.patterns),
  };
}

// Most calls prove no pattern; their phases share one empty set.
const NO_PATTERNS: ReadonlySet<number> = new Set<number>();

function union(left: ReadonlySet<number>, right: ReadonlySet<number>): ReadonlySet<number> {
  if (left.size === 0) return right;
  return right.size === 0 ? left : new Set([...left, ...right]);
}

/** Calls that are not of the kind which gives a phase its name; of two phases, as if they were joined. */
function misnamed({ counts }: Draft, next?: Draft): number {
  let sum = 0;
  let most = 0;
  // The last kind, upkeep, names no phase.
  for (let kind = 0; kind < counts.length - 1; kind += 1) {
    const count = (counts[kind] ?? 0) + (next?.counts[kind] ?? 0);
    sum += count;
    most = Math.max(most, count);
  }
  return sum - most;
}

function extreme(of: (a: number, b: number) => number, a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : of(a, b);
}

function toPhase(
  { counts, errors, start, end, patterns }: Draft,
  found: readonly Found[],
  isErrorKnown: boolean,
  origin: number | null,
): Phase {
  const named = byFrequency(PHASE_KINDS.map((kind, at) => [kind, counts[at] ?? 0] as const));
  const isTimed = origin !== null && start !== null && end !== null;
  return {
    calls: Object.fromEntries(named),
    error_calls: isErrorKnown ? errors : null,
    start_ms: isTimed ? Math.max(0, Math.round(start - origin)) : null,
    duration_ms: isTimed ? Math.max(0, Math.round(end - start)) : null,
    patterns: found.flatMap(({ id }, at) => (patterns.has(at) ? [id] : [])).slice(0, MAX_PHASE_PATTERNS),
  };
}
