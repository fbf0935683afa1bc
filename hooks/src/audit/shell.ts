import { own, text, type JsonRecord } from "../../../mcp-server/src/trace/values/json.ts";
import { writesAudits } from "../../../mcp-server/src/audit/layout/shell-fence.ts";
import { stateOf, toolInput } from "./audit.ts";
import { deny, foldersOf, type HookAnswer, type Machine } from "../claude-code.ts";

/**
 * Refuses every shell command in an audit, and outside of one what plainly changes the audits; the rest is up to Claude
 * Code's permissions.
 */
export function guardShell(event: JsonRecord, machine: Machine): HookAnswer {
  if (own(event, "tool_name") !== "Bash") return null;
  if (stateOf(event, machine).isRunning)
    return deny(
      "/audit runs no commands. Fetch with fetch_trace, write the plan with Write, and leave the rest to the human.",
    );
  if (!writesAudits(text(own(toolInput(event), "command")) ?? "", foldersOf(event, machine))) return null;
  return deny(
    "This command would change files below docs/audit. The plan is written with Write, the rest by the plugin; a human who wants audits gone removes them in a terminal.",
  );
}
