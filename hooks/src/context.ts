import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { openSessionLog, type SessionLog } from "./state/session-log.ts";
import type { HookEvent } from "./claude-code.ts";
import type { Store } from "./state/approval-file.ts";
import { recallPlace } from "./state/place.ts";
import { temporaryState } from "./state/private-folder.ts";

/**
 * What Claude Code started this hook for: `always` by hooks.json, in every session; `audit` and `plop` by the frontmatter of
 * that command, which holds for the main agent from the command on, to the end of the session. Null where nothing is said.
 */
export type Scope = "always" | "audit" | "plop" | null;

/** What a handler is given: the event, where it happened, and what the session has established. */
export type Context = {
  readonly event: HookEvent;
  readonly scope: Scope;
  /** Where Claude Code was started, as the MCP server has it. */
  readonly project: string;
  /** Where relative paths of the session's tools start from. */
  readonly cwd: string;
  /** The folder of the session's state; null when a command's hook cannot find it. */
  readonly place: string | null;
  /** What the session's `/audit` has established; read when the first handler asks. */
  readonly audit: SessionLog;
  /** Where the approvals of `/plop` are kept. */
  readonly approvals: Store;
  /** The plugin's folder, absolute. */
  readonly plugin: string;
  /** What Claude Code runs hooks with. */
  readonly env: NodeJS.ProcessEnv;
  /**
   * Whether a refusal is this hook's to record: a call of the main agent can be judged by the hook of hooks.json and by that
   * of the command, and it is recorded once.
   */
  readonly isWitness: boolean;
  /** Folders, absolute, of which nothing may be changed: the plugin's own files and its state. */
  readonly ownFolders: readonly string[];
};

/** Sets up the context of an event. `env` is what Claude Code runs hooks with. Creates no file. */
export function createContext(event: HookEvent, env: NodeJS.ProcessEnv, scope: Scope): Context {
  const data = env["CLAUDE_PLUGIN_DATA"] || null;
  const isFrontmatter = scope === "audit" || scope === "plop";
  const place = data ?? (isFrontmatter ? recallPlace(event.session) : temporaryState());
  const folder = place ?? temporaryState();
  const isTemporary = folder === temporaryState();
  const started = env["CLAUDE_PROJECT_DIR"] || null;
  const cwd = event.cwd ?? started ?? process.cwd();
  // The bundle lies at hooks/dist/main.mjs.
  const plugin = env["CLAUDE_PLUGIN_ROOT"] || dirname(dirname(dirname(fileURLToPath(import.meta.url))));
  return {
    event,
    scope,
    project: started ?? cwd,
    cwd,
    place,
    audit: openSessionLog(isTemporary ? folder : join(folder, "audits"), event.session),
    approvals: { folder: isTemporary ? folder : join(folder, "approvals") },
    isWitness: scope !== "always" || event.isFromSubagent,
    plugin,
    env,
    ownFolders: [plugin, folder],
  };
}
