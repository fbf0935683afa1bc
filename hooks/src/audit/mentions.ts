import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { bareMentions, explainMentions } from "../../../mcp-server/src/audit/agents.ts";
import type { Answer } from "../claude-code.ts";
import type { Context } from "../context.ts";

/** A bare `@prompt-engineer` does nothing by itself in Claude Code; it gets the full name's meaning. */
export function resolveMentions({ event, cwd }: Context): Answer {
  const agents = bareMentions(event.prompt).filter((agent) => !hasOwnAgent(cwd, agent));
  return agents.length === 0 ? null : { additionalContext: explainMentions(agents) };
}

/** An agent file of the user's own takes the bare name. */
function hasOwnAgent(folder: string, agent: string): boolean {
  return [folder, homedir()].some((place) => existsSync(join(place, ".claude", "agents", `${agent}.md`)));
}
