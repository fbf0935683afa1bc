import type { FileRead } from "../rows/event.ts";
import type { Call, Timeline } from "./timeline.ts";

/** Files that a call changed, by key; `"any"` when it may have changed files that it does not name. */
export function changedFiles(call: Call, { paths }: Pick<Timeline, "paths">): readonly string[] | "any" {
  if (call.command === null && call.op !== "edit") return NONE;
  // A refused edit changed nothing; a command that failed may have.
  if (call.op === "edit" && call.command === null)
    return call.error !== null || call.path === null ? NONE : [paths.key(call.path)];
  const writes = call.command?.writes ?? NONE;
  if (writes === "any" || writes.length === 0) return writes;
  return writes.map((path) => paths.key(path));
}

// Most calls change and read no file; they share one empty list.
const NONE: readonly never[] = [];

/** Files that a call read successfully: Read by range, and whole files printed by a shell command. */
export function readFiles(call: Call, { paths }: Pick<Timeline, "paths">): readonly FileRead[] {
  if (call.error !== null || (call.path === null && call.command === null)) return NONE;
  if (call.tool === "read" || call.tool === "notebookread")
    return call.path === null ? NONE : [{ key: paths.key(call.path), range: call.range }];
  const reads = call.command?.reads ?? NONE;
  return reads.length === 0 ? NONE : reads.map((path) => ({ key: paths.key(path), range: "" }));
}

const PROSE =
  /\.(?:md|mdx|txt|rst|adoc|svg|png|jpe?g|gif|csv|lock)$|(?:^|\/)(?:LICENSE|CHANGELOG|README|CLAUDE|AGENTS)[^/]*$/iu;

/** A file whose change no test would notice. */
export function isProse(file: string): boolean {
  return PROSE.test(file);
}

/** The file in which plan mode keeps its plan: writing it is no work on the project. */
export function isPlanFile({ path }: Call, { paths }: Pick<Timeline, "paths">): boolean {
  return path !== null && paths.key(path).includes("/.claude/plans/");
}
