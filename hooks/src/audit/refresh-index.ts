import { statSync } from "node:fs";
import { join } from "node:path";
import { rebuildIndex } from "../../../mcp-server/src/disk/audits.ts";
import type { JsonRecord } from "../../../mcp-server/src/trace/values/json.ts";
import { foldersOf, type Machine } from "../claude-code.ts";

/** Brings the index of audits up to date when something was approved or executed since it was written. */
export async function refreshIndex(event: JsonRecord, machine: Machine): Promise<null> {
  const { project } = foldersOf(event, machine);
  const at = (name: string): number =>
    statSync(join(project, "docs", "audit", name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  // At a tie, as on file systems with coarse times, it is rebuilt once too often.
  if (at("approvals.jsonl") > 0 && at("approvals.jsonl") >= at("README.md")) await rebuildIndex(project);
  return null;
}
