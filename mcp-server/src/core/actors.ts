import type { TimelineEvent } from "./event.ts";

/** Who acted: "main", or one subagent by the id of its run or of the row that started it. */
export type Actor = string;

/**
 * Who did what: the recorded agent id, else the nearest ancestor that is a subagent's span or an Agent call; where an
 * exporter writes the tools of a subagent flat (OpenInference), the one Agent call whose window holds them (traces.md 3.11).
 */
export function assignActors(
  events: readonly TimelineEvent[],
  byId: ReadonlyMap<string, TimelineEvent>,
  turns: readonly TimelineEvent[],
): { readonly actors: ReadonlyMap<string, Actor>; readonly hasInferred: boolean } {
  const actors = new Map<string, Actor>();
  const turnIds = new Set(turns.map(({ id }) => id));
  for (const event of events) actorOf(event, byId, turnIds, actors);
  return { actors, hasInferred: inferByWindow(events, actors) };
}

/** Walks up to the first row that decides, then writes the answer down for the whole path; a cycle ends as "main". */
function actorOf(
  event: TimelineEvent,
  byId: ReadonlyMap<string, TimelineEvent>,
  turnIds: ReadonlySet<string>,
  actors: Map<string, Actor>,
): void {
  const path: string[] = [];
  let actor: Actor | undefined;
  for (let at: TimelineEvent | undefined = event; actor === undefined && at !== undefined;) {
    actor = actors.get(at.id) ?? decide(at, byId, turnIds);
    path.push(at.id);
    // Until it is decided otherwise a row on the path counts as main's, which also ends a cycle.
    if (actor === undefined) actors.set(at.id, "main");
    at = at.parentId === null ? undefined : byId.get(at.parentId);
  }
  for (const id of path) actors.set(id, actor ?? "main");
}

/** The actor that a row and its parent decide by themselves; undefined when it is the parent's. */
function decide(
  event: TimelineEvent,
  byId: ReadonlyMap<string, TimelineEvent>,
  turnIds: ReadonlySet<string>,
): Actor | undefined {
  if (event.agentId !== null && !startsAgent(event)) return `agent:${event.agentId}`;
  const parent = event.parentId === null ? undefined : byId.get(event.parentId);
  if (parent === undefined) return "main";
  if (event.kind === "execution" || event.kind === "permission") return undefined;
  // Native rows of a subagent hang below the execution part of the Agent call.
  const starter = parent.kind === "execution" && parent.parentId !== null ? byId.get(parent.parentId) : parent;
  return starter !== undefined && startsAgent(starter) && !turnIds.has(starter.id)
    ? `subagent:${starter.id}`
    : undefined;
}

function startsAgent(event: TimelineEvent): boolean {
  return event.kind === "subagent" || event.call?.tool === "agent";
}

/** Marks flat calls that lie inside the window of exactly one waiting Agent call without rows of its own. */
function inferByWindow(events: readonly TimelineEvent[], actors: Map<string, Actor>): boolean {
  if (events.some(({ kind }) => kind === "generation" || kind === "subagent")) return false;
  const windows = events.filter(
    (event) => event.call?.tool === "agent" && !event.call.isBackground && event.start !== null && event.end !== null,
  );
  if (windows.length === 0) return false;
  let hasInferred = false;
  for (const event of events) {
    const { start, end } = event;
    if (event.kind !== "tool" || start === null || end === null || event.call?.tool === "agent") continue;
    const around = windows.filter((window) => (window.start ?? Infinity) <= start && end <= (window.end ?? -Infinity));
    const window = around.length === 1 ? around[0] : undefined;
    if (window !== undefined && window.parentId === event.parentId) {
      actors.set(event.id, `subagent:${window.id}`);
      hasInferred = true;
    }
  }
  return hasInferred;
}
