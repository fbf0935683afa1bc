import type { Actor } from "./actors.ts";
import type { TimelineEvent } from "./event.ts";
import { toName } from "./names.ts";
import type { Timeline } from "./timeline.ts";

/** Distinct names of the subagents of a run, sorted; "unnamed" where an exporter hides the name. */
export function toSubagents({ calls, events, facts }: Timeline): string[] {
  const sources = querySources(events, facts.events);
  const names = calls
    .filter(({ tool }) => tool === "agent")
    .map(({ subagent, id }) => subagent ?? sources.get(id) ?? "unnamed");
  for (const { kind, subagent, parentId } of events) {
    // A span of a subagent that no Agent call started.
    if (kind === "subagent" && subagent !== null && parentId !== null) names.push(subagent);
  }
  return [...new Set(names.map((name) => toName(name)))].sort();
}

/** The name of each actor but main, where the trace tells one. */
export function toActorNames({ events, calls, generations, facts }: Timeline): ReadonlyMap<Actor, string> {
  const sources = querySources(events, facts.events);
  const names = new Map<Actor, string>();
  for (const { actor, id } of [...calls, ...generations]) {
    if (actor === "main" || names.has(actor)) continue;
    const starter = actor.startsWith("subagent:")
      ? facts.events.get(actor.slice("subagent:".length))
      : starterOf(id, facts.events);
    const name = starter === undefined ? undefined : (starter.subagent ?? sources.get(starter.id));
    if (name !== undefined) names.set(actor, name);
  }
  return names;
}

/** Native telemetry names a subagent on its requests when the Agent call's own input is hidden: call id to name. */
function querySources(
  events: readonly TimelineEvent[],
  byId: ReadonlyMap<string, TimelineEvent>,
): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { generation, parentId } of events) {
    const source = generation?.querySource;
    const execution = source == null || parentId === null ? undefined : byId.get(parentId);
    if (source == null || execution?.kind !== "execution" || execution.parentId === null) continue;
    const builtin = /^agent\.builtin\.(.{1,100})$/u.exec(source)?.[1];
    const name = builtin ?? (source === "agent.custom" ? "custom" : null);
    if (name !== null && !names.has(execution.parentId)) names.set(execution.parentId, name);
  }
  return names;
}

/** The nearest Agent call above a row; two steps, for native rows hang below the execution part of their call. */
function starterOf(id: string, byId: ReadonlyMap<string, TimelineEvent>): TimelineEvent | undefined {
  let at = byId.get(id);
  for (let step = 0; step < 3 && at !== undefined; step += 1) {
    at = at.parentId === null ? undefined : byId.get(at.parentId);
    if (at?.call?.tool === "agent") return at;
  }
  return undefined;
}
