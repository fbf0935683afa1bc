/** The oldest major version of Node that the server and the hooks run on. */
const OLDEST = 20;

/**
 * What to tell whoever started the plugin with a Node that is too old; null for one that is not. `path` is where it lies.
 * This file and those that import it (`start.ts` of the server and of the hooks) run on every Node since 12.20.
 */
export function tooOld(version: string, path: string): string | null {
  if (Number.parseInt(version, 10) >= OLDEST) return null;
  return `trace-audit needs Node ${OLDEST} or later, and the \`node\` that Claude Code starts is version ${version} (${path}). It comes first on Claude Code's PATH. Install Node ${OLDEST} or later or put it first on the PATH, then restart Claude Code.`;
}
