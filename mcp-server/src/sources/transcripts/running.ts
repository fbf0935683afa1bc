import type { Environment } from "../../config.ts";
import { SourceFailure } from "../port.ts";
import type { SessionFile } from "./folders.ts";
import type { SessionIndex } from "./session-index.ts";

/** A call waits for this at most (.mcp.json gives it 300 s); a session that was killed in one waits for ever. */
const WAITING_MS = 600_000;
/** How many of the newest sessions are looked at. */
const MAX_LOOKED = 50;

/**
 * The turns that run: the number of each, by its session's id. It is the turn with a call of this plugin's own tools that has
 * no result yet. The session that the server's environment names has one only when there is no such call: `/clear` and
 * `/resume` go on in another session and leave the server as it was. What is on disk of its turn has no answer.
 */
export async function findRunning(
  sessions: readonly SessionFile[],
  env: Environment,
  now: number,
  indexOf: (file: SessionFile) => Promise<SessionIndex>,
): Promise<ReadonlyMap<string, number>> {
  const tryIndex = async (file: SessionFile): Promise<SessionIndex | null> =>
    indexOf(file).catch((error: unknown) => {
      if (error instanceof SourceFailure && error.concerns === "trace") return null;
      throw error;
    });
  const running = new Map<string, number>();
  for (const file of sessions.slice(0, MAX_LOOKED)) {
    if (now - file.changedAt > WAITING_MS) break;
    const turn = (await tryIndex(file))?.auditing ?? null;
    if (turn !== null) running.set(file.sessionId, turn);
  }
  const named = sessions.find(({ sessionId }) => sessionId === env["CLAUDE_CODE_SESSION_ID"]);
  if (running.size > 0 || named === undefined) return running;
  const last = (await tryIndex(named))?.turns.at(-1);
  return last === undefined || last.isAnswered ? running : new Map([[named.sessionId, last.number]]);
}
