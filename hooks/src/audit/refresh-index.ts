import { AUDIT_COMMAND } from "../../../mcp-server/src/audit/agents.ts";
import { PLOP } from "../../../mcp-server/src/audit/plop/typed-plop.ts";
import { noteUndone } from "../../../mcp-server/src/disk/approvals-log.ts";
import { updateIndex } from "../../../mcp-server/src/disk/index-file.ts";
import type { Context } from "../context.ts";

/** Brings the index of audits up to date when something was approved, executed or undone since it was written. */
export function refreshIndex({ event, project }: Context): null {
  noteUndone(project, event.session);
  updateIndex(project);
  return null;
}

/**
 * A human undoes a plan in a terminal, where no hook sees it; so each command of ours looks first, and each session's end.
 * Never throws: the index is written again at the end of the turn.
 */
export function lookForUndone(context: Context): null {
  const { command, name } = context.event;
  if (command !== PLOP && command !== AUDIT_COMMAND && name !== "SessionEnd") return null;
  try {
    return refreshIndex(context);
  } catch {
    return null;
  }
}
