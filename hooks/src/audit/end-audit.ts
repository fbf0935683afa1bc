import type { Context } from "../context.ts";

/** The end of the main agent's turn ends an audit, and so does a new prompt, unless it joins the turn that runs. */
export function endAudit({ event, audit }: Context): null {
  const { isRunning, promptId } = audit.state();
  const isJoining = event.name === "UserPromptSubmit" && promptId !== null && promptId === event.promptId;
  if (isRunning && !isJoining) audit.append({ event: "audit_ended" });
  return null;
}
