import type { Actor, ToolCall } from "../call/tool-call.ts";
import { isRefusal, type ErrorKind } from "../call/error-kinds.ts";
import type { TimelineEvent } from "../rows/event.ts";
import { toName } from "../values/names.ts";
import type { Timeline } from "../timeline/timeline.ts";

/** Claude Code says these before it starts a subagent: the type is not there, or the input is wrong. */
const NOT_STARTED: ReadonlySet<ErrorKind> = new Set(["invalid_tool", "invalid_input"] as const);

/** Whether a call started a subagent: one that was refused, or named no type that there is, started nobody. */
export function startsSubagent({ tool, error }: ToolCall): boolean {
  return tool === "agent" && (error === null || !(NOT_STARTED.has(error.kind) || isRefusal(error.kind)));
}

/** Distinct names of the subagents that ran, sorted; "unnamed" where an exporter hides the name. */
export function toSubagents({ calls, events }: Timeline): string[] {
  const sources = createSources(events);
  const names = new Set<string>();
  for (const call of calls)
    if (startsSubagent(call)) names.add(toName(call.subagent ?? sources.get(call.id) ?? "unnamed"));
  for (const { kind, subagent, parentId } of events) {
    // A span of a subagent that no Agent call started.
    if (kind === "subagent" && subagent !== null && parentId !== null) names.add(toName(subagent));
  }
  return [...names].sort();
}

/** The name of each actor but main, where the trace tells one. */
export function toActorNames({ events, calls, generations, facts }: Timeline): ReadonlyMap<Actor, string> {
  const sources = createSources(events);
  const names = new Map<Actor, string>();
  for (const rows of [calls, generations]) {
    for (const { actor, id } of rows) {
      if (actor === "main" || names.has(actor)) continue;
      const starter = actor.startsWith("subagent:")
        ? facts.events.get(actor.slice("subagent:".length))
        : starterOf(facts.events.get(id));
      if (starter === undefined) continue;
      const name = starter.subagent ?? sources.get(starter.id);
      if (name !== undefined) names.set(actor, name);
    }
  }
  return names;
}

/** See querySources: found by a look at every row, and asked for by few traces. */
function createSources(events: readonly TimelineEvent[]): { readonly get: (callId: string) => string | undefined } {
  let sources: ReadonlyMap<string, string> | null = null;
  return { get: (callId) => (sources ??= querySources(events)).get(callId) };
}

/** Native telemetry names a subagent on its requests when the Agent call's own input is hidden: call id to name. */
function querySources(events: readonly TimelineEvent[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { generation, parent } of events) {
    const source = generation?.querySource;
    if (source == null || parent?.kind !== "execution" || parent.parentId === null) continue;
    const builtin = /^agent\.builtin\.(.{1,100})$/u.exec(source)?.[1];
    const name = builtin ?? (source === "agent.custom" ? "custom" : null);
    if (name !== null && !names.has(parent.parentId)) names.set(parent.parentId, name);
  }
  return names;
}

/** The nearest Agent call above a row; two steps, for native rows hang below the execution part of their call. */
function starterOf(row: TimelineEvent | undefined): TimelineEvent | undefined {
  let at = row?.parent ?? null;
  for (let step = 0; step < 3 && at !== null; step += 1) {
    if (at.call?.tool === "agent") return at;
    at = at.parent;
  }
  return undefined;
}
