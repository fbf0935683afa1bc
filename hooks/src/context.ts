import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { openSessionLog, type SessionLog } from "./state/session-log.ts";
import type { HookEvent } from "./claude-code.ts";
import type { Store } from "./state/approval-file.ts";

/** What a handler is given: the event, where it happened, and what the session has established. */
export type Context = {
  readonly event: HookEvent;
  /** Where Claude Code was started, as the MCP server has it. */
  readonly project: string;
  /** Where relative paths of the session's tools start from. */
  readonly cwd: string;
  /** What the session's `/audit` has established; read when the first handler asks. */
  readonly audit: SessionLog;
  /** Where the approvals of `/plop` are kept. */
  readonly approvals: Store;
  /** The plugin's folder, absolute. */
  readonly plugin: string;
  /** What Claude Code runs hooks with. */
  readonly env: NodeJS.ProcessEnv;
  /** Folders, absolute, of which nothing may be changed: the plugin's own files and its state. */
  readonly ownFolders: readonly string[];
};

/** Sets up the context of an event. `env` is what Claude Code runs hooks with. Reads and creates no file. */
export function createContext(event: HookEvent, env: NodeJS.ProcessEnv): Context {
  const data = env["CLAUDE_PLUGIN_DATA"] || null;
  // One of this user's own where Claude Code names none.
  const fallback = join(tmpdir(), `trace-audit-${process.getuid?.() ?? "user"}`);
  const started = env["CLAUDE_PROJECT_DIR"] || null;
  const cwd = event.cwd ?? started ?? process.cwd();
  // The bundle lies at hooks/dist/main.mjs.
  const plugin = env["CLAUDE_PLUGIN_ROOT"] || dirname(dirname(dirname(fileURLToPath(import.meta.url))));
  return {
    event,
    project: started ?? cwd,
    cwd,
    audit: openSessionLog(data === null ? fallback : join(data, "audits"), event.session),
    approvals: { folder: data === null ? fallback : join(data, "approvals") },
    plugin,
    env,
    ownFolders: [plugin, data ?? fallback],
  };
}
