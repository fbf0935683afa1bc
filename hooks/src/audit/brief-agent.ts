import { join } from "node:path";
import { ENGINEER, isOwnAgent } from "../../../mcp-server/src/audit/agents.ts";
import { briefEngineer, briefSpecialist } from "../../../mcp-server/src/audit/clerk/brief-agent.ts";
import { briefDirectly } from "../../../mcp-server/src/audit/clerk/direct-question.ts";
import { briefMarks } from "../../../mcp-server/src/audit/history/left-out.ts";
import { toSeen } from "../../../mcp-server/src/audit/instructions/seen.ts";
import { showInstructions } from "../../../mcp-server/src/audit/instructions/show-instructions.ts";
import { showNearest } from "../../../mcp-server/src/audit/instructions/show-nearest.ts";
import { tryRead } from "../../../mcp-server/src/disk/files.ts";
import { readMarks } from "../../../mcp-server/src/disk/marks.ts";
import { readPromptFiles } from "../../../mcp-server/src/disk/prompt-files.ts";
import { readNewestSummaries } from "../../../mcp-server/src/disk/summaries.ts";
import { own, text } from "../../../mcp-server/src/trace/values/json.ts";
import type { Answer } from "../claude-code.ts";
import type { Context } from "../context.ts";

/** Twice what a summary may have. */
const MAX_BYTES = 16_000;
/** How many of the newest summaries come with a direct question. */
const NEWEST = 3;

/**
 * Appends its input to the prompt of one of the plugin's agents: in an audit what the step needs, else the newest
 * summaries. Comes after the guard of the order. Subagents run in the background unless told otherwise, and then lose the
 * command's permissions and order.
 */
export function briefAgent(context: Context): Answer {
  const { event, audit } = context;
  const type = own(event.input, "subagent_type");
  if ((event.tool !== "Agent" && event.tool !== "Task") || !isOwnAgent(type)) return null;
  const request = text(own(event.input, "prompt")) ?? "";
  const { isRunning } = audit.state();
  const prompt = isRunning ? briefInAudit(context, type, request) : briefOutside(context, request);
  if (isRunning) audit.append({ event: "agent_handed", agent: type });
  return { updatedInput: { ...event.input, prompt, run_in_background: false } };
}

function briefInAudit({ audit, project }: Context, type: string, request: string): string {
  const { summaries, diagnosis } = audit.state();
  const onDisk = summaries.map(({ path }) => ({
    path: join(project, path),
    text: tryRead(join(project, path), MAX_BYTES)?.text ?? "(it cannot be read)",
  }));
  const files = readPromptFiles(project);
  if (type === ENGINEER) {
    const instructions = showInstructions(files, toSeen(summaries.map(({ facts }) => facts)));
    return briefEngineer(request, onDisk, instructions, briefMarks(readMarks(project)));
  }
  const { issues } = diagnosis ?? { issues: [] };
  const named = issues.map(({ root_cause, recommendation, instruction }) => ({
    words: `${recommendation} ${root_cause}`,
    where: instruction.where ?? [],
  }));
  return briefSpecialist(request, diagnosis ?? { issues: [] }, onDisk, showNearest(files, named));
}

function briefOutside({ project }: Context, request: string): string {
  const newest = readNewestSummaries(project, NEWEST);
  return briefDirectly(
    request,
    newest.map(({ path, text }) => ({ path: join(project, path), text })),
  );
}
