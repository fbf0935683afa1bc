import { writesAudits } from "../../../mcp-server/src/audit/layout/shell-fence.ts";
import { createOwnership } from "../../../mcp-server/src/disk/own-files.ts";
import { own, text } from "../../../mcp-server/src/trace/values/json.ts";
import { deny, type Answer } from "../claude-code.ts";
import type { Context } from "../context.ts";

/** They run a command line; Monitor goes on with it after its answer. */
const SHELLS = new Set(["Bash", "PowerShell", "Monitor"]);

/**
 * Refuses every shell command in an audit, and outside of one what plainly changes the audits; the rest is up to Claude
 * Code's permissions.
 */
export function guardShell({ event, audit, cwd, project }: Context): Answer {
  if (!SHELLS.has(event.tool ?? "")) return null;
  if (audit.state().isRunning)
    return deny("/audit runs no commands. Follow the notes of trace-audit, and leave the rest to the human.");
  if (!writesAudits(text(own(event.input, "command")) ?? "", { cwd, project }, createOwnership(project))) return null;
  return deny(
    "This command would change the audits of this project, below docs/audit. The plan is written with Write, the rest by the plugin; a human who wants audits gone removes them in a terminal.",
  );
}
