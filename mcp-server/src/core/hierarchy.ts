import type { Call, Timeline } from "./timeline.ts";
import { toName } from "./names.ts";
import type { HierarchyNode } from "./schema.ts";
import { toActorNames } from "./subagents.ts";

type Draft = {
  readonly kind: HierarchyNode["kind"];
  readonly name: string | null;
  count: number;
  duration: number | null;
  readonly children: Draft[];
  /** Its tool nodes, for where calls are grouped by tool. */
  readonly byTool: Map<string, Draft>;
};

/** Folds the span tree to at most so many nodes. */
export type Fold = (maxNodes: number) => HierarchyNode[];

/**
 * The turn, its runs of tool calls in order, and its subagents with theirs. Without a known order calls are grouped by
 * tool. Deeper nesting than subagent below turn is flattened into the subagent. Folding gives up order before names,
 * and names before counts.
 */
export function toHierarchy(timeline: Timeline): Fold {
  const tree = toTree(timeline);
  const nodes = size(tree);
  const merged = merge(tree);
  return (max) => [toNode(nodes <= max ? tree : shrink(merged, max))];
}

function toTree(timeline: Timeline): Draft {
  const isTimed = timeline.timing.durationMs !== null;
  const turn = toDraft("turn", null, timeline.timing.durationMs);
  const actors = new Map<string, Draft>([["main", turn]]);
  const names = toActorNames(timeline);
  for (const call of timeline.calls) {
    let parent = actors.get(call.actor);
    if (parent === undefined) {
      parent = toDraft("subagent", toName(names.get(call.actor) ?? "subagent", 60), null);
      actors.set(call.actor, parent);
      turn.children.push(parent);
    }
    addCall(parent, call, isTimed, timeline.isOrderKnown);
  }
  const generations = new Map<string, Draft>();
  for (const { actor, id } of timeline.generations) {
    const draft = generations.get(actor) ?? { ...toDraft("generation", null, isTimed ? 0 : null), count: 0 };
    const event = timeline.facts.events.get(id);
    draft.count += 1;
    if (draft.duration !== null && event !== undefined) draft.duration += lengthOf(event) ?? 0;
    generations.set(actor, draft);
  }
  for (const [actor, draft] of actors) {
    const steps = generations.get(actor);
    if (steps !== undefined) draft.children.push(steps);
    if (draft.kind === "subagent") draft.duration = isTimed ? sum(draft.children) : null;
  }
  return turn;
}

function toDraft(kind: Draft["kind"], name: string | null, duration: number | null): Draft {
  return { kind, name, count: 1, duration, children: [], byTool: new Map() };
}

function addCall(parent: Draft, call: Call, isTimed: boolean, isOrderKnown: boolean): void {
  const duration = isTimed ? lengthOf(call) : null;
  const last = isOrderKnown ? parent.children.at(-1) : parent.byTool.get(call.tool);
  if (last !== undefined && last.kind === "tool" && last.name === call.tool) {
    last.count += 1;
    last.duration = duration === null ? last.duration : (last.duration ?? 0) + duration;
    return;
  }
  const draft = toDraft("tool", call.tool, duration);
  parent.children.push(draft);
  parent.byTool.set(call.tool, draft);
}

function lengthOf({ start, end }: { readonly start: number | null; readonly end: number | null }): number | null {
  return start === null || end === null ? null : Math.max(0, end - start);
}

function sum(drafts: readonly Draft[]): number | null {
  const known = drafts.filter(({ duration }) => duration !== null);
  return known.length === 0 ? null : known.reduce((total, { duration }) => total + (duration ?? 0), 0);
}

function size(draft: Draft): number {
  return 1 + draft.children.reduce((total, child) => total + size(child), 0);
}

/** The tree with siblings of one kind and name put together. */
function merge(draft: Draft): Draft {
  const groups = new Map<string, Draft[]>();
  for (const child of draft.children) {
    const key = `${child.kind} ${child.name ?? ""}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [child]);
    else group.push(child);
  }
  const children = [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const count = group.reduce((total, one) => total + one.count, 0);
    return [merge({ ...first, count, duration: sum(group), children: group.flatMap((one) => one.children) })];
  });
  return { ...draft, children };
}

/** A merged tree in at most `max` nodes: without what lies below subagents, then with the rarest nodes put together. */
function shrink(turn: Draft, max: number): Draft {
  if (size(turn) <= max) return turn;
  const children = turn.children.map((child) => ({ ...child, children: [] }));
  const room = Math.max(1, max - 1);
  if (children.length <= room) return { ...turn, children };
  const order = (left: Draft, right: Draft): number =>
    right.count - left.count || ((left.name ?? "") < (right.name ?? "") ? -1 : 1);
  const rest = children.toSorted(order).slice(room - 1);
  const count = rest.reduce((total, draft) => total + draft.count, 0);
  const gone = new Set(rest);
  const kept = children.filter((draft) => !gone.has(draft));
  return { ...turn, children: [...kept, { ...toDraft("other", null, sum(rest)), count }] };
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
