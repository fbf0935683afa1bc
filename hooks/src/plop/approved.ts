import { parseEvent } from "../claude-code.ts";
import { createContext } from "../context.ts";
import { readApprovals } from "../state/approval-file.ts";

/**
 * Throws unless a `/plop` of this session is approved. Asked by the command's own text, before it goes to the model; with an
 * error Claude Code shows it to the human and asks no model.
 */
export function assertApproved(session: string): void {
  const { approvals, place } = createContext(parseEvent({ session_id: session }), {}, "plop");
  if (place !== null && readApprovals(approvals, session).some(({ stage }) => stage === "running")) return;
  throw new Error(
    "no hook has approved this /plop, so nothing was handed over. The hooks are switched off (disableAllHooks in a settings file, or a policy), or Node.js is not on the PATH. Switch them on, start a new session and type /plop again",
  );
}
