import type { ToolCall } from "../call/tool-call.ts";
import type { Timeline } from "../timeline/timeline.ts";
import { addTo } from "../values/lists.ts";
import { toName } from "../values/names.ts";
import { lengthOf } from "../values/time.ts";
import type { HierarchyNode } from "./schema.ts";
import { toActorNames } from "../run/subagents.ts";

type Draft = {
  readonly kind: HierarchyNode["kind"];
  readonly name: string | null;
  count: number;
  duration: number | null;
  readonly children: Draft[];
};

/** The turn or a subagent, with the last node of each of its tools. */
type Branch = { readonly node: Draft; readonly tools: Map<string, Draft> };

/** Folds the span tree to at most so many nodes. */
export type Fold = (maxNodes: number) => HierarchyNode[];

/**
 * The turn, its runs of tool calls in order, and its subagents with theirs. Without a known order calls are grouped by
 * tool. Deeper nesting than subagent below turn is flattened into the subagent. Folding gives up order before names,
 * and names before counts.
 */
export function toHierarchy(timeline: Timeline): Fold {
  const merged = merge(toTree(timeline, false));
  // A long trace has thousands of runs; a node for each is made only where they may all be shown.
  const atLeast = timeline.isOrderKnown ? countRuns(timeline.mainCalls) : 0;
  let tree: Draft | null = null;
  return (max) => {
    if (atLeast < max) tree ??= toTree(timeline, timeline.isOrderKnown);
    return [toNode(tree !== null && size(tree) <= max ? tree : shrink(merged, max))];
  };
}

function countRuns(calls: readonly ToolCall[]): number {
  let runs = 0;
  let last = "";
  for (const { tool } of calls) {
    if (tool !== last) runs += 1;
    last = tool;
  }
  return runs;
}

function toTree(timeline: Timeline, isInOrder: boolean): Draft {
  const isTimed = timeline.timing.durationMs !== null;
  const main: Branch = { node: toDraft("turn", null, timeline.timing.durationMs), tools: new Map() };
  const branches = new Map<string, Branch>([["main", main]]);
  const names = toActorNames(timeline);
  for (const call of timeline.calls) {
    let branch = branches.get(call.actor);
    if (branch === undefined) {
      const node = toDraft("subagent", toName(names.get(call.actor) ?? "subagent", 60), null);
      branch = { node, tools: new Map() };
      branches.set(call.actor, branch);
      main.node.children.push(node);
    }
    addCall(branch, call, isTimed, isInOrder);
  }
  const generations = new Map<string, Draft>();
  for (const event of timeline.events) {
    if (event.generation === null) continue;
    const steps = generations.get(event.actor);
    const duration = isTimed ? (lengthOf(event) ?? 0) : null;
    if (steps === undefined) generations.set(event.actor, toDraft("generation", null, duration));
    else count(steps, duration);
  }
  for (const [actor, { node }] of branches) {
    const steps = generations.get(actor);
    if (steps !== undefined) node.children.push(steps);
    if (node.kind === "subagent") node.duration = isTimed ? sum(node.children) : null;
  }
  return main.node;
}

function toDraft(kind: Draft["kind"], name: string | null, duration: number | null): Draft {
  return { kind, name, count: 1, duration, children: [] };
}

/** Counts a call to the node of its tool: in order only while that is the newest one. */
function addCall({ node, tools }: Branch, call: ToolCall, isTimed: boolean, isInOrder: boolean): void {
  const duration = isTimed ? lengthOf(call) : null;
  const last = tools.get(call.tool);
  if (last !== undefined && (!isInOrder || last === node.children.at(-1))) {
    count(last, duration);
    return;
  }
  const draft = toDraft("tool", call.tool, duration);
  node.children.push(draft);
  tools.set(call.tool, draft);
}

function count(draft: Draft, duration: number | null): void {
  draft.count += 1;
  if (duration !== null) draft.duration = (draft.duration ?? 0) + duration;
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
  for (const child of draft.children) addTo(groups, `${child.kind} ${child.name ?? ""}`, child);
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
