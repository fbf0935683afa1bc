import type { Environment } from "../../config.ts";
import { SourceFailure } from "../port.ts";
import type { SessionFile } from "./folders.ts";
import type { SessionIndex } from "./session-index.ts";

/** A call waits for this at most (.mcp.json gives it 300 s); a session that was killed in one waits for ever. */
const WAITING_MS = 600_000;
/** How many of the newest sessions are looked at. */
const MAX_LOOKED = 50;

/**
 * The sessions that run: those with a call of this plugin's own tools that has no result yet. The session that the
 * server's environment names is one only when there is no such session: `/clear` and `/resume` go on in another one and
 * leave the server as it was.
 */
export async function findRunning(
  sessions: readonly SessionFile[],
  env: Environment,
  now: number,
  indexOf: (file: SessionFile) => Promise<SessionIndex>,
): Promise<ReadonlySet<string>> {
  const running = new Set<string>();
  for (const file of sessions.slice(0, MAX_LOOKED)) {
    if (now - file.changedAt > WAITING_MS) break;
    const index = await indexOf(file).catch((error: unknown) => {
      if (error instanceof SourceFailure && error.concerns === "trace") return null;
      throw error;
    });
    if (index?.isAuditing === true) running.add(file.sessionId);
  }
  const named = env["CLAUDE_CODE_SESSION_ID"] ?? "";
  const isHere = sessions.some(({ sessionId }) => sessionId === named);
  return running.size > 0 || !isHere ? running : new Set([named]);
}
