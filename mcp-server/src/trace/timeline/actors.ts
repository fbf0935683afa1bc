import type { Actor } from "../call/tool-call.ts";
import type { TimelineEvent } from "../rows/event.ts";

/** A span on top that is the turn itself; see timeline.ts. */
export type IsTurn = (event: TimelineEvent, isOnTop: boolean) => boolean;

/**
 * Links events to their parents and says who did what: the recorded agent id, else the nearest ancestor that is a
 * subagent's span or an Agent call; where an exporter writes the tools of a subagent flat (OpenInference), the one Agent
 * call whose window holds them. A missing parent and a cycle leave a row on top. Returns whether any was told by a window.
 */
export function placeEvents(
  events: readonly TimelineEvent[],
  byId: ReadonlyMap<string, TimelineEvent>,
  isTurn: IsTurn,
): boolean {
  // Neighbours mostly share a parent, and comparing two ids is cheaper than looking one up.
  let lastId: string | null = null;
  let last: TimelineEvent | null = null;
  for (const event of events) {
    if (event.parentId !== lastId) {
      lastId = event.parentId;
      last = lastId === null ? null : (byId.get(lastId) ?? null);
    }
    event.parent = last;
  }
  for (const event of events) if (event.actor === "") decideActor(event, isTurn);
  return inferByWindow(events);
}

/** Walks up to the first row that decides, then writes the answer down for the whole path. */
function decideActor(start: TimelineEvent, isTurn: IsTurn): void {
  let row = start;
  let actor = ownActor(row, isTurn);
  while (actor === undefined && row.parent !== null) {
    // A row met again is main's until the walk says otherwise, which also ends a cycle.
    row.actor = "main";
    row = row.parent;
    actor = row.actor === "" ? ownActor(row, isTurn) : row.actor;
  }
  for (let below = start; below !== row && below.parent !== null; below = below.parent) below.actor = actor ?? "main";
  row.actor = actor ?? "main";
}

/** The actor that a row and its parent decide by themselves; undefined when it is the parent's. */
function ownActor(event: TimelineEvent, isTurn: IsTurn): Actor | undefined {
  const { parent } = event;
  if (event.agentId !== null && !startsAgent(event)) return `agent:${event.agentId}`;
  if (parent === null) return "main";
  if (event.kind === "execution" || event.kind === "permission") return undefined;
  // Native rows of a subagent hang below the execution part of the Agent call.
  const starter = parent.kind === "execution" ? parent.parent : parent;
  const isStart = starter !== null && startsAgent(starter) && !isTurn(starter, starter.parent === null);
  return isStart ? `subagent:${starter.id}` : undefined;
}

function startsAgent(event: TimelineEvent): boolean {
  return event.kind === "subagent" || event.call?.tool === "agent";
}

/** Marks flat calls that lie inside the window of exactly one waiting Agent call without rows of its own. */
function inferByWindow(events: readonly TimelineEvent[]): boolean {
  if (events.some(({ kind }) => kind === "generation" || kind === "subagent")) return false;
  const windows = events.filter(({ call }) => call?.tool === "agent" && !call.isBackground);
  let hasInferred = false;
  for (const event of windows.length === 0 ? [] : events) {
    if (event.kind !== "tool" || event.call?.tool === "agent") continue;
    const window = onlyHolder(windows, event);
    if (window !== undefined && window.parent === event.parent) {
      event.actor = `subagent:${window.id}`;
      hasInferred = true;
    }
  }
  return hasInferred;
}

/** The one window that holds an event; undefined when several do. Windows are sorted by start. */
function onlyHolder(windows: readonly TimelineEvent[], event: TimelineEvent): TimelineEvent | undefined {
  let found: TimelineEvent | undefined;
  let looked = 0;
  for (const window of windows) {
    // Agents run a few at a time; a trace with more windows than this says nothing about who did what.
    looked += 1;
    if (looked > 200 || (window.start ?? 0) > (event.start ?? 0)) break;
    if (!holds(window, event)) continue;
    if (found !== undefined) return undefined;
    found = window;
  }
  return found;
}

function holds(window: TimelineEvent, { start, end }: TimelineEvent): boolean {
  if (window.start === null || window.end === null || start === null || end === null) return false;
  return window.start <= start && end <= window.end;
}
