import type { FileRead, ToolCall } from "../call/tool-call.ts";
import type { Paths } from "./paths.ts";

/** Files that a call changed, by key; `"any"` when it may have changed files that it does not name. */
export function changedFiles(call: ToolCall, { key }: Pick<Paths, "key">): readonly string[] | "any" {
  if (call.command === null && call.op !== "edit") return NONE;
  // A refused edit changed nothing; a command that failed may have.
  if (call.op === "edit" && call.command === null)
    return call.error !== null || call.path === null ? NONE : [key(call.path)];
  const writes = call.command?.writes ?? NONE;
  if (writes === "any" || writes.length === 0) return writes;
  return writes.map(key);
}

// Most calls change and read no file; they share one empty list.
const NONE: readonly never[] = [];

/** Files that a call read successfully: Read by range, and whole files printed by a shell command. */
export function readFiles(call: ToolCall, { key }: Pick<Paths, "key">): readonly FileRead[] {
  if (call.error !== null || (call.path === null && call.command === null)) return NONE;
  if (call.tool === "read" || call.tool === "notebookread")
    return call.path === null ? NONE : [{ key: key(call.path), range: call.range }];
  const reads = call.command?.reads ?? NONE;
  return reads.length === 0 ? NONE : reads.map((path) => ({ key: key(path), range: "" }));
}

const PROSE =
  /\.(?:md|mdx|txt|rst|adoc|svg|png|jpe?g|gif|csv|lock)$|(?:^|\/)(?:LICENSE|CHANGELOG|README|CLAUDE|AGENTS)[^/]*$/iu;

/** A file whose change no test would notice. */
export function isProse(file: string): boolean {
  return PROSE.test(file);
}

/** The file in which plan mode keeps its plan: writing it is no work on the project. */
export function isPlanFile({ path }: ToolCall, { key }: Pick<Paths, "key">): boolean {
  return path !== null && isPlan(key(path));
}

/** The same of a file by its key. */
export function isPlan(file: string): boolean {
  return /(?:^|\/)\.claude\/plans\//u.test(file);
}
