import { AUDIT_COMMAND, PLUGIN_PREFIX } from "../../mcp-server/src/audit/agents.ts";
import { PLOP } from "../../mcp-server/src/audit/plop/typed-plop.ts";
import { block, type Answer } from "./claude-code.ts";
import type { Context } from "./context.ts";

type Version = readonly [major: number, minor: number, patch: number];

/** The oldest Claude Code that the tests of both commands pass on (`npm run versions`). */
const SUPPORTED: Version = [2, 1, 310];
/** The first whose hooks refuse when they give no answer in time (`onFailure`). */
const HOLDING: Version = [2, 1, 295];

/**
 * Tells a human whose Claude Code is older than those that the plugin supports. A `/plop` that no late guard would hold is
 * stopped. Nothing is said where Claude Code does not tell its version.
 */
export function tellOldVersion({ event, env }: Context): Answer {
  const version = parseVersion(env["AI_AGENT"] ?? "");
  const isOurs = event.command === AUDIT_COMMAND || event.command === PLOP;
  if (!isOurs || version === null || !isBefore(version, SUPPORTED)) return null;
  const name = `/${event.command.slice(PLUGIN_PREFIX.length)}`;
  const what = `This is Claude Code ${version.join(".")}, and trace-audit supports ${SUPPORTED.join(".")} and later`;
  const todo = `Update it with \`claude update\`, then type ${name} again.`;
  if (event.command === PLOP && isBefore(version, HOLDING))
    return block(`/plop is refused: ${what}. It lets an edit through when a guard answers too late. ${todo}`);
  return { systemMessage: `${what}. ${name} may end early or lose its subagents. If it does: ${todo}` };
}

/** What Claude Code puts into the environment of hooks, such as `claude-code_2-1-330_harness`. */
function parseVersion(agent: string): Version | null {
  const [, major, minor, patch] = /^claude-code_(\d{1,4})-(\d{1,4})-(\d{1,6})(?:_|$)/u.exec(agent) ?? [];
  return patch === undefined ? null : [Number(major), Number(minor), Number(patch)];
}

function isBefore(version: Version, other: Version): boolean {
  const at = version.findIndex((part, index) => part !== other[index]);
  return at !== -1 && (version[at] ?? 0) < (other[at] ?? 0);
}
