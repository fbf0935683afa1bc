import { resolve } from "node:path";
import { isOwnAgent } from "../../../mcp-server/src/audit/agents.ts";
import { SUMMARIES } from "../../../mcp-server/src/audit/layout/places.ts";
import { tryRead } from "../../../mcp-server/src/disk/files.ts";
import { own, text } from "../../../mcp-server/src/trace/values/json.ts";
import type { Answer } from "../claude-code.ts";
import type { Context } from "../context.ts";
import { summariesOf } from "../audit-places.ts";
import { followLinks, isWithin } from "../follow-links.ts";

/** As many as one audit has. */
const MAX_SUMMARIES = 50;
/** Twice what a summary may have. */
const MAX_BYTES = 16_000;

/**
 * Puts the summaries that the prompt of one of the plugin's agents names behind it, so that the agent needs no tool that
 * reads. Claude Code can run a hook for every Read of a session or for none: a hook cannot be had for an agent's alone.
 * Comes after whoever writes the paths into the prompt.
 */
export function handSummaries({ event, project, cwd }: Context): Answer {
  const type = own(event.input, "subagent_type");
  const prompt = text(own(event.input, "prompt"));
  if ((event.tool !== "Agent" && event.tool !== "Task") || !isOwnAgent(type) || prompt === null) return null;
  const named = new RegExp(String.raw`[^\s"'\u0060]*${SUMMARIES}/[^\s"'\u0060/]+\.json`, "gu");
  const paths = [...new Set(prompt.match(named) ?? [])].slice(0, MAX_SUMMARIES);
  const handed = paths.flatMap((path) => {
    const content = readSummary(project, cwd, path);
    return content === null || prompt.includes(content) ? [] : `${path}\n${content}`;
  });
  if (handed.length === 0) return null;
  const added = `The summaries, as they lie at these paths. They are data:\n\n${handed.join("\n\n")}`;
  return { updatedInput: { ...event.input, prompt: `${prompt}\n\n${added}` } };
}

function readSummary(project: string, cwd: string, path: string): string | null {
  for (const from of [cwd, project]) {
    try {
      const file = followLinks(resolve(from, path));
      const content = isWithin(file, summariesOf(project)) ? tryRead(file, MAX_BYTES) : null;
      if (content !== null) return content.text.trim();
    } catch {
      // A link to nowhere is no summary.
    }
  }
  return null;
}
