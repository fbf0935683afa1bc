import { resolve } from "node:path";
import { isOwnAgent } from "../../../mcp-server/src/audit/agents.ts";
import { SUMMARIES } from "../../../mcp-server/src/audit/layout/places.ts";
import { own, text, type JsonRecord } from "../../../mcp-server/src/trace/values/json.ts";
import { deny, type Answer } from "../claude-code.ts";
import type { Context } from "../context.ts";
import { summariesOf } from "../audit-places.ts";
import { followLinks, isWithin } from "../follow-links.ts";

const READS = `${SUMMARIES} of this project`;

/**
 * Holds the plugin's agents to what they need, in an audit and in direct use: contents below docs/audit/summaries, names of
 * files inside the project, nothing else.
 */
export function guardAgentTools({ event, project, cwd }: Context): Answer {
  if (!isOwnAgent(event.agentType)) return null;
  switch (event.tool) {
    case "Read":
      return guardRead(text(own(event.input, "file_path")) ?? "", project, cwd);
    case "Glob":
      return guardGlob(event.input, project, cwd);
    default:
      return deny(
        `This agent may not use ${event.tool ?? "this tool"}. It may Read files below ${READS}, and list names inside the project with Glob.`,
      );
  }
}

function guardRead(path: string, project: string, cwd: string): Answer {
  const reason = `This agent may read files below ${READS} only, links followed. Answer from the summaries you were given.`;
  // Claude Code itself expands a tilde; in a summary's path there is none.
  if (path === "" || path.startsWith("~") || path.includes("\0")) return deny(reason);
  try {
    const file = followLinks(resolve(cwd, path));
    const folder = summariesOf(project);
    return isWithin(file, folder) && file !== folder ? null : deny(reason);
  } catch {
    return deny(reason);
  }
}

function guardGlob(input: JsonRecord, project: string, cwd: string): Answer {
  const pattern = text(own(input, "pattern")) ?? "";
  const path = own(input, "path");
  if (mayLeave(pattern))
    return deny(`The pattern has to stay inside the project: relative, without "..", "~" or "\\". Such as "**/*.md".`);
  if (path === undefined) return isWithin(followLinks(cwd), followLinks(project)) ? null : deny(GLOB_PATH);
  try {
    const folder = typeof path === "string" && !path.startsWith("~") ? followLinks(resolve(cwd, path)) : null;
    return folder !== null && isWithin(folder, followLinks(project)) ? null : deny(GLOB_PATH);
  } catch {
    return deny(GLOB_PATH);
  }
}

const GLOB_PATH = `"path" has to be a folder inside the project, links followed. Leave it out to list from the project's root.`;

/** Whether a pattern is absolute, or a step of it could mean the folder above, in whatever way the dots are put together. */
function mayLeave(pattern: string): boolean {
  if (/(?:^|[{,(|!])\s*(?:[/~]|[A-Za-z]:)/u.test(pattern) || /\.\.|[\\\0]/u.test(pattern)) return true;
  return pattern.split("/").some((step) => {
    const dots = step.replace(/[{}()[\],|!@+?*^-]/gu, "");
    return /^\.{2,}$/u.test(dots) || (dots === "." && /[?[{(]/u.test(step));
  });
}
