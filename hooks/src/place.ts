import { PLUGIN_PREFIX } from "../../mcp-server/src/audit/agents.ts";
import { block, deny, explain, type Answer } from "./claude-code.ts";
import type { Context } from "./context.ts";
import { rememberPlace } from "./state/place.ts";

/** Notes where the state lies, for the hooks of the command's frontmatter. Without the note they would refuse everything. */
export function notePlace({ event, place }: Context): Answer {
  if (event.command?.startsWith(PLUGIN_PREFIX) !== true || place === null) return null;
  try {
    rememberPlace(event.session, place);
    return null;
  } catch (error) {
    return block(
      `/${event.command.slice(PLUGIN_PREFIX.length)} cannot start: where its record lies could not be noted (${explain(error)}). Remove what stands there, or set TMPDIR to a folder of yours, and start Claude Code anew.`,
    );
  }
}

/** Refuses what a command's hook cannot judge, because nobody knows where the record of the command lies. */
export function requirePlace({ event, place, scope }: Context): Answer {
  return place === null
    ? deny(`${event.tool ?? "This"} is refused: the record of /${scope ?? ""} was not found. Stop, and tell the human.`)
    : null;
}
