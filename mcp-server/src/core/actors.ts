import type { TimelineEvent } from "./event.ts";

/** Who acted: "main", or one subagent by the id of its run or of the row that started it. */
export type Actor = string;

/** An event in its place in the tree. */
export type Placed = { readonly event: TimelineEvent; readonly parent: Placed | null; readonly actor: Actor };
type Draft = { readonly event: TimelineEvent; parent: Draft | null; actor: Actor; isDecided: boolean };

/** A span on top that is the turn itself; see timeline.ts. */
export type IsTurn = (event: TimelineEvent, isOnTop: boolean) => boolean;

/**
 * Links events to their parents and says who did what: the recorded agent id, else the nearest ancestor that is a
 * subagent's span or an Agent call; where an exporter writes the tools of a subagent flat (OpenInference), the one Agent
 * call whose window holds them. A missing parent and a cycle leave a row on top.
 */
export function placeEvents(
  events: readonly TimelineEvent[],
  isTurn: IsTurn,
): { readonly rows: readonly Placed[]; readonly hasInferredActors: boolean } {
  const rows: Draft[] = events.map((event) => ({ event, parent: null, actor: "main", isDecided: false }));
  // Neighbours mostly share a parent, and comparing two ids is cheaper than looking one up.
  const wanted = new Set<string>();
  let lastId: string | null = null;
  for (const { parentId } of events) {
    if (parentId !== null && parentId !== lastId) wanted.add(parentId);
    lastId = parentId;
  }
  const drafts = new Map<string, Draft>();
  for (const row of rows) if (wanted.has(row.event.id)) drafts.set(row.event.id, row);
  lastId = null;
  let last: Draft | null = null;
  for (const row of rows) {
    const { parentId } = row.event;
    if (parentId !== lastId) {
      lastId = parentId;
      last = parentId === null ? null : (drafts.get(parentId) ?? null);
    }
    row.parent = last;
  }
  for (const row of rows) if (!row.isDecided) decideActor(row, isTurn);
  return { rows, hasInferredActors: inferByWindow(rows) };
}

/** Walks up to the first row that decides, then writes the answer down for the whole path. */
function decideActor(start: Draft, isTurn: IsTurn): void {
  const path: Draft[] = [];
  let actor: Actor | undefined;
  for (let row: Draft | null = start; actor === undefined && row !== null; row = row.parent) {
    actor = row.isDecided ? row.actor : ownActor(row, isTurn);
    path.push(row);
    // A row met again is main's until the walk says otherwise, which also ends a cycle.
    row.isDecided = true;
  }
  for (const row of path) row.actor = actor ?? "main";
}

/** The actor that a row and its parent decide by themselves; undefined when it is the parent's. */
function ownActor({ event, parent }: Draft, isTurn: IsTurn): Actor | undefined {
  if (event.agentId !== null && !startsAgent(event)) return `agent:${event.agentId}`;
  if (parent === null) return "main";
  if (event.kind === "execution" || event.kind === "permission") return undefined;
  // Native rows of a subagent hang below the execution part of the Agent call.
  const starter = parent.event.kind === "execution" ? parent.parent : parent;
  const isStart = starter !== null && startsAgent(starter.event) && !isTurn(starter.event, starter.parent === null);
  return isStart ? `subagent:${starter.event.id}` : undefined;
}

function startsAgent(event: TimelineEvent): boolean {
  return event.kind === "subagent" || event.call?.tool === "agent";
}

/** Marks flat calls that lie inside the window of exactly one waiting Agent call without rows of its own. */
function inferByWindow(rows: readonly Draft[]): boolean {
  if (rows.some(({ event }) => event.kind === "generation" || event.kind === "subagent")) return false;
  const windows = rows.filter(({ event }) => event.call?.tool === "agent" && !event.call.isBackground);
  let hasInferred = false;
  for (const row of windows.length === 0 ? [] : rows) {
    const { event, parent } = row;
    if (event.kind !== "tool" || event.call?.tool === "agent") continue;
    const window = onlyHolder(windows, event);
    if (window !== undefined && window.parent === parent) {
      row.actor = `subagent:${window.event.id}`;
      hasInferred = true;
    }
  }
  return hasInferred;
}

/** The one window that holds an event; undefined when several do. Windows are sorted by start. */
function onlyHolder(windows: readonly Draft[], event: TimelineEvent): Draft | undefined {
  let found: Draft | undefined;
  let looked = 0;
  for (const window of windows) {
    // Agents run a few at a time; a trace with more windows than this says nothing about who did what.
    looked += 1;
    if (looked > 200 || (window.event.start ?? 0) > (event.start ?? 0)) break;
    if (!holds(window.event, event)) continue;
    if (found !== undefined) return undefined;
    found = window;
  }
  return found;
}

function holds(window: TimelineEvent, { start, end }: TimelineEvent): boolean {
  if (window.start === null || window.end === null || start === null || end === null) return false;
  return window.start <= start && end <= window.end;
}
