import { AUDIT_COMMAND } from "../../../mcp-server/src/audit/agents.ts";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { USAGE } from "../../../mcp-server/src/audit/audit-argument.ts";
import { block, type Answer } from "../claude-code.ts";
import type { Context } from "../context.ts";

/** Below the hook's own time, which is ten seconds. */
const TIMEOUT_MS = 9000;
const MAX_PAGE = 100_000;
const OPTION = "CLAUDE_PLUGIN_OPTION_";

/**
 * `/audit` alone, or with `list` or `help`: the newest sessions and runs with the words that audit each, and the usage. No model
 * is asked: the command ends here.
 */
export async function showScan({ event, env, plugin, project }: Context): Promise<Answer> {
  if (event.command !== AUDIT_COMMAND || !/^(?:-{0,2}(?:list|help)|-h)?$/iu.test(event.commandArgs.trim())) return null;
  const page = await readPage(join(plugin, "mcp-server", "dist", "main.mjs"), toSettings(env, project));
  // What was asked for comes first: Claude Code shows all of it as something that a hook stopped.
  return block(`no error, and no model was asked. ${page.trimEnd()}\n\n${USAGE}.`);
}

/** The server's program reads the runs, in a process of its own that can be ended. */
function readPage(program: string, env: NodeJS.ProcessEnv): Promise<string> {
  const options = { env, timeout: TIMEOUT_MS, maxBuffer: MAX_PAGE, encoding: "utf8" } as const;
  return new Promise((resolve) => {
    execFile(process.execPath, [program, "scan"], options, (error, page) =>
      resolve(
        error === null ? page : "The newest runs could not be listed: reading them took too long or failed. Name one.",
      ),
    );
  });
}

/** What the MCP server is given as its environment; a hook gets the plugin's options under names of their own. */
function toSettings(env: NodeJS.ProcessEnv, project: string): NodeJS.ProcessEnv {
  const options = Object.entries(env).flatMap(([name, value]) =>
    name.startsWith(OPTION) ? [[`TRACE_AUDIT_OPTION_${name.slice(OPTION.length)}`, value]] : [],
  );
  return { ...env, ...Object.fromEntries(options), CLAUDE_PROJECT_DIR: project };
}
