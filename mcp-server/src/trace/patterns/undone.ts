import type { ToolCall } from "../call/tool-call.ts";
import type { Timeline } from "../timeline/timeline.ts";

/** Edits of the main agent that a later one took back exactly, each with that later one. */
export function toUndone({ mainCalls, paths }: Timeline): readonly (readonly [ToolCall, ToolCall])[] {
  const made = new Map<string, ToolCall>();
  const pairs: (readonly [ToolCall, ToolCall])[] = [];
  for (const call of mainCalls) {
    const { edit, path, error } = call;
    if (edit === null || path === null || error !== null || edit.oldHash === null || edit.newHash === null) continue;
    if (edit.oldHash === edit.newHash) continue;
    const file = paths.key(path);
    const undone = made.get(`${file}\n${edit.newHash}\n${edit.oldHash}`);
    if (undone !== undefined) pairs.push([undone, call]);
    made.set(`${file}\n${edit.oldHash}\n${edit.newHash}`, call);
  }
  return pairs;
}
