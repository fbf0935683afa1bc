import type { Actor, CallError, ToolCall } from "../call/tool-call.ts";
import type { Generation, TimelineEvent } from "../rows/event.ts";
import { addTo } from "../values/lists.ts";
import { agentInCall, isAgentSpan, isCompaction, isHookRow } from "../call/row-names.ts";
import type { Warnings } from "../values/warnings.ts";

export type Calls = {
  readonly calls: readonly ToolCall[];
  readonly generations: readonly Generation[];
  readonly orphanPermissions: number;
};

/** The tool calls and generations of a trace, in order; `events` are sorted and placed. `flagsErrors`: see the exporter. */
export function toCalls(events: readonly TimelineEvent[], flagsErrors: boolean, warnings: Warnings): Calls {
  const parts = foldParts(events, warnings);
  const batches = createBatches(events);
  const calls: ToolCall[] = [];
  const generations: Generation[] = [];
  const byCallId = new Map<string, ToolCall>();
  const isTwin = createTwins(events);
  let epoch = 0;
  for (const event of events) {
    const { actor, call, generation } = event;
    if (event.kind === "event" && isCompaction(event.name)) epoch += 1;
    if (generation !== null) {
      generation.actor = actor;
      generation.batch = batches.open(actor);
      generations.push(generation);
    }
    // One call in two rows: the same id, a hook's row beside the tool's own, or a subagent's span below its call's row.
    if (call === null || isTwin(event)) continue;
    if (call.callId !== null) {
      const first = byCallId.get(call.callId);
      if (first?.tool === call.tool) {
        first.error ??= call.error;
        first.isErrorVisible ||= call.isErrorVisible;
        continue;
      }
      byCallId.set(call.callId, call);
    }
    const part = parts.byTool.get(event.id);
    // Where failures are flagged, a text that looks like one is content.
    const own = call.error?.isInferred === true && flagsErrors ? null : call.error;
    call.error = own ?? part?.error ?? (part?.isRejected === true ? REFUSED : null);
    call.isErrorVisible ||= part !== undefined;
    call.subagent = event.subagent;
    call.actor = actor;
    call.batch = batches.ofCall(event);
    call.epoch = epoch;
    calls.push(call);
  }
  return { calls, generations, orphanPermissions: parts.orphans };
}

const REFUSED: CallError = { kind: "permission_denied", isInferred: false };

/** An Agent call and its twin are this close; later calls of one agent are calls of their own. */
const TWIN_MS = 5000;

/**
 * Second rows of one call: a hook's beside the tool's own, `Agent (X)` beside the `Agent` that started it, and a
 * subagent's span below it.
 */
function createTwins(events: readonly TimelineEvent[]): (event: TimelineEvent) => boolean {
  const own = events.some(({ call, name }) => call !== null && !isHookRow(name));
  const starts = new Map<string, number[]>();
  for (const { call, agentId, name, start } of events) {
    if (agentId !== null && call?.tool === "agent" && agentInCall(name) === null) addTo(starts, agentId, start ?? 0);
  }
  return ({ name, agentId, start, parent }) => {
    if (isHookRow(name)) return own;
    if (isAgentSpan(name) && parent?.call?.tool === "agent") return true;
    if (agentId === null || agentInCall(name) === null) return false;
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
function foldParts(events: readonly TimelineEvent[], warnings: Warnings): Parts {
  const byTool = new Map<string, Folded>();
  let orphans = 0;
  for (const { kind, parent, error, isRejected } of events) {
    if (kind !== "execution" && kind !== "permission") continue;
    if (parent?.kind !== "tool") {
      if (kind === "permission") orphans += 1;
      else warnings.add("execution_without_call");
      continue;
    }
    const known = byTool.get(parent.id);
    byTool.set(parent.id, {
      error: known?.error ?? error,
      isRejected: (known?.isRejected ?? false) || isRejected,
    });
  }
  return { byTool, orphans };
}

type Batches = {
  readonly open: (actor: Actor) => number;
  readonly ofCall: (event: TimelineEvent) => number;
};

/** What one actor did so far; `batch` 0 is none yet. */
type Progress = { generations: number; batch: number; lastEnd: number };

/** Numbers batches: one per generation, or, without generations, one per group of calls that overlap in time. */
function createBatches(events: readonly TimelineEvent[]): Batches {
  const actors = new Map<Actor, Progress>();
  const of = (actor: Actor): Progress => {
    const known = actors.get(actor);
    if (known !== undefined) return known;
    const created = { generations: 0, batch: 0, lastEnd: -Infinity };
    actors.set(actor, created);
    return created;
  };
  for (const { kind, actor } of events) if (kind === "generation") of(actor).generations += 1;
  let last = 0;
  const openFor = (progress: Progress): number => {
    last += 1;
    progress.batch = last;
    return last;
  };
  return {
    open: (actor) => openFor(of(actor)),
    ofCall: ({ actor, start, end }) => {
      const progress = of(actor);
      const before = progress.lastEnd;
      if (end !== null && end > before) progress.lastEnd = end;
      // One generation for a whole turn, as some exporters write, asked for no batch: the answer alone is one of its own.
      const isAlone = progress.generations < 2 && (start === null || start >= before);
      return isAlone || progress.batch === 0 ? openFor(progress) : progress.batch;
    },
  };
}
