import type { Call, Timeline } from "./timeline.ts";

/** Files that a call changed, by key; `"any"` when it may have changed files that it does not name. */
export function changedFiles(call: Call, { paths }: Pick<Timeline, "paths">): readonly string[] | "any" {
  if (call.command === null && call.op !== "edit") return NONE;
  // A refused edit changed nothing; a command that failed may have.
  if (call.op === "edit" && call.command === null)
    return call.error !== null || call.path === null ? NONE : [paths.key(call.path)];
  const writes = call.command?.writes ?? [];
  if (writes === "any" || writes.length === 0) return writes;
  return writes.map((path) => paths.key(path));
}

// Most calls change and read no file; they share one empty list.
const NONE: readonly never[] = [];

export type FileRead = { readonly key: string; /** "" whole file, null not recorded */ readonly range: string | null };

/** Files that a call read successfully: Read by range, and whole files printed by a shell command. */
export function readFiles(call: Call, { paths }: Pick<Timeline, "paths">): readonly FileRead[] {
  if (call.error !== null || (call.path === null && call.command === null)) return NONE;
  if (call.tool === "read" || call.tool === "notebookread")
    return call.path === null ? [] : [{ key: paths.key(call.path), range: call.range }];
  return (call.command?.reads ?? []).map((path) => ({ key: paths.key(path), range: "" }));
}
