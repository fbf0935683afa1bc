import { EDITING_TOOLS } from "../../../mcp-server/src/audit/editing-tools.ts";
import { toCompared } from "../../../mcp-server/src/audit/plop/edit-result.ts";
import { toApprovalsLine } from "../../../mcp-server/src/audit/plop/record.ts";
import { toSha256 } from "../../../mcp-server/src/disk/files.ts";
import { readContent } from "../../../mcp-server/src/disk/plan-file.ts";
import { isRecord, own, text } from "../../../mcp-server/src/trace/values/json.ts";
import { block, explain, type Answer, type HookEvent } from "../claude-code.ts";
import type { Context } from "../context.ts";
import { resolveTarget } from "../edit-targets.ts";
import { end, tryAppend } from "./end.ts";
import { findGuard } from "../state/approval-file.ts";

/**
 * Looks at what an edit really wrote while a `/plop` runs: another hook may have given the tool another input, and a folder may
 * have changed between the check and the write. What differs from what was allowed ends the approval.
 */
export function checkWritten(context: Context): Answer {
  const { event, approvals, project } = context;
  if (!EDITING_TOOLS.has(event.tool ?? "")) return null;
  const known = findGuard(approvals, event.session, event.promptId);
  if (known === null || known === "damaged" || known.stage !== "running") return null;
  const problem = judgeWritten(context, known.files);
  if (problem === null) return null;
  end(context, known, problem);
  const line = toApprovalsLine("refused", new Date().toISOString(), known, { reason: problem, tool: event.tool });
  tryAppend(project, line);
  const message = `/plop has stopped: ${problem}.`;
  return { ...block(`${message} Edit nothing more, and tell the human.`), systemMessage: message };
}

type Files = Parameters<typeof toApprovalsLine>[2]["files"];

function judgeWritten({ event, project, ownFolders }: Context, files: Files): string | null {
  const path = writtenPath(event);
  if (path === null) return "an edit does not say which file it has written";
  const target = resolveTarget(project, path, ownFolders);
  if ("problem" in target) return `${path} was written, and of that ${target.problem}`;
  const file = files.find(({ real }) => real === target.real);
  if (file === undefined) return `${path} was written, which the approved plan does not list`;
  try {
    const now = readContent(file.real)?.text;
    if (now !== undefined && toSha256(toCompared(now)) === file.expected) return null;
    return `${file.file} holds something else than the edit that was allowed. Another hook, or another program, has changed it`;
  } catch (error) {
    return `${file.file} cannot be looked at: ${explain(error)}`;
  }
}

/** By the tool's own account, or by its input where it gives none. */
function writtenPath({ tool, input, response }: HookEvent): string | null {
  const field = EDITING_TOOLS.get(tool ?? "") ?? "file_path";
  const told = isRecord(response) ? text(own(response, "filePath")) : null;
  return told ?? text(own(input, field));
}
