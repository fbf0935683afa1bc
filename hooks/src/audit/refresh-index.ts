import { updateIndex } from "../../../mcp-server/src/disk/index-file.ts";
import type { Context } from "../context.ts";

/** Brings the index of audits up to date when something was approved or executed since it was written. */
export function refreshIndex({ project }: Context): null {
  updateIndex(project);
  return null;
}
