import { own, text, type JsonRecord } from "../../../mcp-server/src/trace/values/json.ts";
import { AGENTS, PLUGIN } from "../../../mcp-server/src/audit/agents.ts";
import { resolve } from "node:path";
import { summariesOf, toolInput } from "./audit.ts";
import { deny, foldersOf, type HookAnswer, type Machine } from "../claude-code.ts";
import { followLinks, isWithin } from "../places.ts";

const READS = "docs/audit/summaries of this project";

/** Whether an event comes from inside one of the plugin's two agents. */
function isOwnAgent(event: JsonRecord): boolean {
  return AGENTS.some((agent) => own(event, "agent_type") === `${PLUGIN}:${agent}`);
}

/**
 * Holds the plugin's agents to what they need, in an audit and in direct use: contents below docs/audit/summaries, names of
 * files inside the project, nothing else.
 */
export function guardAgentTools(event: JsonRecord, machine: Machine): HookAnswer {
  if (!isOwnAgent(event)) return null;
  const input = toolInput(event);
  const { project, cwd } = foldersOf(event, machine);
  switch (own(event, "tool_name")) {
    case "Read":
      return guardRead(text(own(input, "file_path")) ?? "", project, cwd);
    case "Glob":
      return guardGlob(input, project, cwd);
    default:
      return deny(
        `This agent may not use ${text(own(event, "tool_name")) ?? "this tool"}. It may Read files below ${READS}, and list names inside the project with Glob.`,
      );
  }
}

function guardRead(path: string, project: string, cwd: string): HookAnswer {
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

function guardGlob(input: JsonRecord, project: string, cwd: string): HookAnswer {
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
