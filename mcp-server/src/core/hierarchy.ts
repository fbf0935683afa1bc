import type { Call, Timeline } from "./timeline.ts";
import { toName } from "./names.ts";
import type { HierarchyNode } from "./schema.ts";
import { toActorNames } from "./subagents.ts";

type Draft = {
  kind: HierarchyNode["kind"];
  name: string | null;
  count: number;
  duration: number | null;
  children: Draft[];
};

/**
 * The turn, its runs of tool calls in order and its subagents with theirs, in at most `max` nodes. Without a known order
 * calls are grouped by tool. Deeper nesting than subagent below turn is flattened into the subagent.
 */
export function toHierarchy(timeline: Timeline, max: number): HierarchyNode[] {
  const turn: Draft = { kind: "turn", name: null, count: 1, duration: timeline.timing.durationMs, children: [] };
  const actors = new Map<string, Draft>([["main", turn]]);
  const isTimed = timeline.timing.durationMs !== null;
  const names = toActorNames(timeline);
  for (const call of timeline.calls) {
    let parent = actors.get(call.actor);
    if (parent === undefined) {
      parent = {
        kind: "subagent",
        name: toName(names.get(call.actor) ?? "subagent", 60),
        count: 1,
        duration: null,
        children: [],
      };
      actors.set(call.actor, parent);
      turn.children.push(parent);
    }
    addCall(parent, call, isTimed, timeline.isOrderKnown);
  }
  for (const [actor, draft] of actors) {
    const steps = timeline.generations.filter((step) => step.actor === actor);
    if (steps.length > 0)
      draft.children.push(
        toGenerations(
          steps.map(({ id }) => id),
          timeline,
          isTimed,
        ),
      );
    if (draft.kind === "subagent") draft.duration = isTimed ? sum(draft.children) : null;
  }
  shrink(turn, max);
  return [toNode(turn)];
}

function addCall(parent: Draft, call: Call, isTimed: boolean, isOrderKnown: boolean): void {
  const duration = isTimed && call.start !== null && call.end !== null ? Math.max(0, call.end - call.start) : null;
  const last = isOrderKnown ? parent.children.at(-1) : parent.children.find(({ name }) => name === call.tool);
  if (last !== undefined && last.kind === "tool" && last.name === call.tool) {
    last.count += 1;
    last.duration = duration === null ? last.duration : (last.duration ?? 0) + duration;
  } else parent.children.push({ kind: "tool", name: call.tool, count: 1, duration, children: [] });
}

function toGenerations(ids: readonly string[], { facts }: Timeline, isTimed: boolean): Draft {
  let duration = 0;
  for (const id of ids) {
    const event = facts.events.get(id);
    if (event?.start != null && event.end != null) duration += Math.max(0, event.end - event.start);
  }
  return { kind: "generation", name: null, count: ids.length, duration: isTimed ? duration : null, children: [] };
}

function sum(drafts: readonly Draft[]): number | null {
  const known = drafts.filter(({ duration }) => duration !== null);
  return known.length === 0 ? null : known.reduce((total, { duration }) => total + (duration ?? 0), 0);
}

function size(draft: Draft): number {
  return 1 + draft.children.reduce((total, child) => total + size(child), 0);
}

/** Loses order before it loses names, and names before it loses counts. */
function shrink(turn: Draft, max: number): void {
  if (size(turn) <= max) return;
  for (const draft of [...turn.children, turn]) draft.children = mergeByName(draft.children);
  if (size(turn) <= max) return;
  for (const child of turn.children) child.children = [];
  const room = Math.max(1, max - 1);
  if (turn.children.length > room) {
    const ranked = [...turn.children].sort((a, b) => b.count - a.count || ((a.name ?? "") < (b.name ?? "") ? -1 : 1));
    const kept = ranked.slice(0, room - 1);
    const rest = ranked.slice(room - 1);
    const count = rest.reduce((total, draft) => total + draft.count, 0);
    turn.children = [
      ...turn.children.filter((draft) => kept.includes(draft)),
      { kind: "other", name: null, count, duration: sum(rest), children: [] },
    ];
  }
}

function mergeByName(drafts: readonly Draft[]): Draft[] {
  const merged = new Map<string, Draft>();
  for (const draft of drafts) {
    const key = `${draft.kind} ${draft.name ?? ""}`;
    const known = merged.get(key);
    if (known === undefined) merged.set(key, draft);
    else {
      known.count += draft.count;
      known.duration = sum([known, draft]);
      known.children = mergeByName([...known.children, ...draft.children]);
    }
  }
  return [...merged.values()];
}

function toNode({ kind, name, count, duration, children }: Draft): HierarchyNode {
  return {
    kind,
    ...(name === null ? {} : { name }),
    ...(count === 1 && kind !== "tool" ? {} : { count }),
    duration_ms: duration,
    ...(children.length === 0 ? {} : { children: children.map(toNode) }),
  };
}
