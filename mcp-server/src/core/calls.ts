import type { Actor, Placed } from "./actors.ts";
import type { CallError, Generation, TimelineEvent, ToolCall } from "./event.ts";
import { addTo } from "./runs.ts";
import { isHookTwin, isNamedAgent } from "./tools.ts";
import type { Warnings } from "./warnings.ts";

/** A tool call in its place: whose it is, when, and which calls the same generation asked for. */
export type Call = ToolCall;

export type Step = Generation & { readonly id: string; readonly actor: Actor; readonly batch: number };

export type Calls = {
  readonly calls: readonly Call[];
  readonly generations: readonly Step[];
  readonly orphanPermissions: number;
};

/** The tool calls and generations of a trace, in order; `rows` are sorted. `flagsErrors`: see the shape. */
export function toCalls(rows: readonly Placed[], flagsErrors: boolean, warnings: Warnings): Calls {
  const parts = foldParts(rows, warnings);
  const batches = createBatches(rows);
  const calls: Call[] = [];
  const generations: Step[] = [];
  const seen = new Map<string, number>();
  const isTwin = createTwins(rows);
  let epoch = 0;
  for (const { event, actor } of rows) {
    const { id, start, end, call, generation } = event;
    if (event.kind === "event" && /compact/iu.test(event.name)) epoch += 1;
    if (generation !== null) generations.push(toStep(generation, id, actor, batches.open(actor)));
    // One call in two rows: the same id, or a hook's row beside the tool's own.
    if (call === null || isTwin(event)) continue;
    if (call.callId !== null) {
      const at = seen.get(call.callId);
      const first = at === undefined ? undefined : calls[at];
      if (at !== undefined && first?.tool === call.tool) {
        const error = first.error ?? call.error;
        calls[at] = { ...first, error, isErrorVisible: first.isErrorVisible || call.isErrorVisible };
        continue;
      }
      seen.set(call.callId, calls.length);
    }
    const part = parts.byTool.get(event.id);
    const isRefused = part?.isRejected === true;
    // Where failures are flagged, a text that looks like one is content.
    const own = call.error?.isInferred === true && flagsErrors ? null : call.error;
    call.error = own ?? part?.error ?? (isRefused ? { kind: "permission_denied", isInferred: false } : null);
    call.isErrorVisible ||= part !== undefined;
    call.subagent = event.subagent;
    call.actor = actor;
    call.batch = batches.ofCall(actor, start, end);
    call.epoch = epoch;
    calls.push(call);
  }
  return { calls, generations, orphanPermissions: parts.orphans };
}

function toStep(generation: Generation, id: string, actor: Actor, batch: number): Step {
  return {
    ordinal: generation.ordinal,
    stopReason: generation.stopReason,
    toolCalls: generation.toolCalls,
    hasText: generation.hasText,
    hasPlan: generation.hasPlan,
    isApiError: generation.isApiError,
    attempt: generation.attempt,
    inputTokens: generation.inputTokens,
    querySource: generation.querySource,
    id,
    actor,
    batch,
  };
}

/** An Agent call and its twin are this close; later calls of one agent are calls of their own. */
const TWIN_MS = 5000;

/** Second rows of one call: a hook's beside the tool's own, and `Agent (X)` beside the `Agent` that started it. */
function createTwins(rows: readonly Placed[]): (event: TimelineEvent) => boolean {
  const own = rows.some(({ event }) => event.call !== null && !isHookTwin(event.name));
  const starts = new Map<string, number[]>();
  for (const { event } of rows) {
    if (event.call?.tool !== "agent" || event.agentId === null || isNamedAgent(event.name)) continue;
    addTo(starts, event.agentId, event.start ?? 0);
  }
  return ({ name, agentId, start }) => {
    if (isHookTwin(name)) return own;
    if (agentId === null || !isNamedAgent(name)) return false;
    return hasNear(starts.get(agentId) ?? [], start ?? 0, TWIN_MS);
  };
}

/** Whether one of these rising numbers lies within `distance` of `value`. */
function hasNear(rising: readonly number[], value: number, distance: number): boolean {
  let from = 0;
  let to = rising.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((rising[middle] ?? 0) < value - distance) from = middle + 1;
    else to = middle;
  }
  return (rising[from] ?? Infinity) <= value + distance;
}

type Folded = { readonly error: CallError | null; readonly isRejected: boolean };
type Parts = { readonly byTool: ReadonlyMap<string, Folded>; readonly orphans: number };

/** Native telemetry splits a call into three rows; the execution tells the error, the permission who said no. */
function foldParts(rows: readonly Placed[], warnings: Warnings): Parts {
  const byTool = new Map<string, Folded>();
  let orphans = 0;
  for (const { event, parent } of rows) {
    if (event.kind !== "execution" && event.kind !== "permission") continue;
    if (parent?.event.kind !== "tool") {
      if (event.kind === "permission") orphans += 1;
      else warnings.add("execution_without_call");
      continue;
    }
    const known = byTool.get(parent.event.id);
    byTool.set(parent.event.id, {
      error: known?.error ?? event.error,
      isRejected: (known?.isRejected ?? false) || event.isRejected,
    });
  }
  return { byTool, orphans };
}

type Batches = {
  readonly open: (actor: Actor) => number;
  readonly ofCall: (actor: Actor, start: number | null, end: number | null) => number;
};

/** Numbers batches: one per generation, or, without generations, one per group of calls that overlap in time. */
function createBatches(rows: readonly Placed[]): Batches {
  // One generation for a whole turn, as some exporters write, asked for no batch: the answer alone is one of its own.
  const counts = new Map<Actor, number>();
  for (const { event, actor } of rows) if (event.kind === "generation") counts.set(actor, (counts.get(actor) ?? 0) + 1);
  const current = new Map<Actor, number>();
  const lastEnd = new Map<Actor, number>();
  let batch = 0;
  const open = (actor: Actor): number => {
    batch += 1;
    current.set(actor, batch);
    return batch;
  };
  return {
    open,
    ofCall: (actor, start, end) => {
      const before = lastEnd.get(actor) ?? -Infinity;
      lastEnd.set(actor, Math.max(before, end ?? -Infinity));
      if ((counts.get(actor) ?? 0) < 2 && (start === null || start >= before)) return open(actor);
      return current.get(actor) ?? open(actor);
    },
  };
}
