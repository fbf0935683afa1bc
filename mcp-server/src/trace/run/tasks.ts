import type { ToolCall } from "../call/tool-call.ts";
import type { Timeline } from "../timeline/timeline.ts";

export type TaskDuration = { readonly task: number; readonly duration_ms: number | null; readonly status: string };

/** The agent's own task list. `count` and `completed` are null when the exporter hides the inputs. */
export type TaskList = {
  readonly count: number | null;
  /** Tasks known to be unfinished at the end. */
  readonly open: number;
  readonly durations: readonly TaskDuration[];
};

type Entry = { readonly status: string; readonly startedAt: number | null; readonly endedAt: number | null };

/** What a status may be; it is text of a tool's input otherwise. */
const STATUSES: ReadonlySet<string> = new Set(["pending", "in_progress", "completed", "cancelled", "deleted", "done"]);
const DONE: ReadonlySet<string> = new Set(["completed", "cancelled", "deleted", "done"]);

/** Tasks by TaskCreate, else of the last TodoWrite, else none. Durations need a known order and times. */
export function toTasks(timeline: Timeline): TaskList {
  const calls = timeline.calls.filter(({ error }) => error === null);
  const created = calls.filter(({ tool }) => tool === "taskcreate");
  const lists = calls.filter(({ tool }) => tool === "todowrite");
  if (created.length > 0)
    return fromTasks(
      created,
      calls.filter(({ tool }) => tool === "taskupdate"),
      timeline,
    );
  if (lists.length > 0) return fromTodos(lists, timeline);
  return { count: 0, open: 0, durations: [] };
}

function fromTasks(created: readonly ToolCall[], updates: readonly ToolCall[], timeline: Timeline): TaskList {
  // Without visible inputs nothing tells which task an update was about.
  const isVisible = updates.every(({ task }) => task?.id != null);
  const entries = new Map<string, Entry>();
  created.forEach((call, at) =>
    entries.set(call.task?.id ?? String(at + 1), { status: "pending", startedAt: null, endedAt: null }),
  );
  if (isVisible) {
    for (const { task, end } of updates) {
      const entry = task?.id == null ? undefined : entries.get(task.id);
      if (entry !== undefined && task?.id != null && task.status !== null)
        entries.set(task.id, advance(entry, task.status, end));
    }
  }
  const list = [...entries.values()];
  const isDecided = isVisible && updates.length > 0 && timeline.isOrderKnown;
  return {
    count: created.length,
    open: isDecided ? list.filter(({ status }) => !DONE.has(status)).length : 0,
    durations: isVisible ? toDurations(list, timeline) : [],
  };
}

function fromTodos(lists: readonly ToolCall[], timeline: Timeline): TaskList {
  const last = lists.findLast(({ todos }) => todos !== null)?.todos;
  if (last == null) return { count: null, open: 0, durations: [] };
  if (!timeline.isOrderKnown && lists.length > 1)
    return { count: lists.reduce((most, { todos }) => Math.max(most, todos?.length ?? 0), 0), open: 0, durations: [] };
  const entries = new Map<string, Entry>(
    last.map(({ key }) => [key, { status: "pending", startedAt: null, endedAt: null }]),
  );
  for (const { todos, end } of lists) {
    for (const { key, status } of todos ?? []) {
      const entry = entries.get(key);
      if (entry !== undefined && entry.status !== status) entries.set(key, advance(entry, status, end));
    }
  }
  return {
    count: last.length,
    open: last.filter(({ status }) => !DONE.has(status)).length,
    durations: toDurations(
      last.map(({ key }) => entries.get(key)).filter((entry) => entry !== undefined),
      timeline,
    ),
  };
}

function advance(entry: Entry, status: string, at: number | null): Entry {
  return {
    status,
    startedAt: status === "in_progress" ? (entry.startedAt ?? at) : entry.startedAt,
    endedAt: DONE.has(status) ? at : null,
  };
}

function toDurations(entries: readonly Entry[], { timing, isOrderKnown }: Timeline): readonly TaskDuration[] {
  if (!isOrderKnown || timing.durationMs === null) return [];
  return entries.map(({ status, startedAt, endedAt }, at) => ({
    task: at + 1,
    duration_ms: startedAt === null || endedAt === null ? null : Math.max(0, endedAt - startedAt),
    status: STATUSES.has(status) ? status : "other",
  }));
}
