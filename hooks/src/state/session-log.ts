import { createHash } from "node:crypto";
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { assertMine, isMine, openPrivateFolder } from "./private-folder.ts";
import { foldLines, OUTSIDE, type SessionEvent, type SessionState } from "./session-state.ts";

const KEPT_MS = 14 * 24 * 3_600_000;
const MAX_LOG = 20_000_000;
/** More logs than two weeks of audits leave; the rest waits for the next audit. */
const MAX_NAMES = 5000;

/** The log of a session, which holds what its `/audit` has established, and the state that follows from it. */
export type SessionLog = {
  /** The state at the last look, or after this hook's last event. The first call looks. */
  readonly state: () => SessionState;
  /** Looks again, at what other hooks have appended since, and returns the state that results. */
  readonly look: () => SessionState;
  /** Appends an event. The first of an audit also removes the logs of sessions two weeks ago. Throws when it cannot. */
  readonly append: (event: SessionEvent) => SessionState;
};

/**
 * Opens the log of a session; reads nothing yet. The log is only ever appended to, one write a line, because hooks of one
 * message run at the same time. So each look reads what is new and folds that alone.
 */
export function openSessionLog(folder: string, session: string): SessionLog {
  const file = join(folder, toLogName(session));
  let state: SessionState | null = null;
  /** The state up to the last line break that was read, and how many bytes that was. */
  let settled = OUTSIDE;
  let size = 0;

  const look = (): SessionState => {
    const added = readFrom(file, size);
    if (added === null) return (state = OUTSIDE);
    const end = added.lastIndexOf("\n") + 1;
    settled = foldLines(settled, added.toString("utf8", 0, end));
    size += end;
    // What follows the last break may be half a line, or a whole one whose break is still missing.
    return (state = foldLines(settled, added.toString("utf8", end)));
  };
  const append = (event: SessionEvent): SessionState => {
    openPrivateFolder(folder);
    if (event.event === "audit_started") {
      removeOld(folder);
      // An audit starts from nothing, so that what went before it need not be read for the rest of the session.
      if (sizeOf(file) > MAX_LOG / 2) {
        rmSync(file, { force: true });
        [state, settled, size] = [null, OUTSIDE, 0];
      }
    }
    const line = `\n${JSON.stringify(event)}\n`;
    if (sizeOf(file) + line.length > MAX_LOG)
      throw new Error("the record of this audit is full. Start a new session, and audit less at once");
    const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0);
    const log = openSync(file, flags, 0o600);
    try {
      // The leading break ends a line that a killed hook left unfinished.
      writeSync(log, line);
    } finally {
      closeSync(log);
    }
    return look();
  };
  return { state: () => state ?? look(), look, append };
}

function sizeOf(file: string): number {
  return lstatSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** The bytes of a log from a position on, null when it is none, not this user's, or too large. */
function readFrom(file: string, position: number): Buffer | null {
  try {
    assertMine(dirname(file));
    const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
    const log = openSync(file, O_RDONLY | (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0));
    try {
      const stats = fstatSync(log);
      const { size } = stats;
      if (!stats.isFile() || !isMine(stats) || size > MAX_LOG || size < position) return null;
      const added = Buffer.alloc(size - position);
      return added.subarray(0, readSync(log, added, 0, added.length, position));
    } finally {
      closeSync(log);
    }
  } catch {
    return null;
  }
}

function toLogName(session: string): string {
  const id = session || "unknown";
  return `audit-${/^[\w-]{1,100}$/u.test(id) ? id : createHash("sha256").update(id).digest("hex")}.jsonl`;
}

function removeOld(folder: string): void {
  for (const name of readdirSync(folder).slice(0, MAX_NAMES)) {
    if (!/^audit-[\w-]+\.jsonl$/u.test(name)) continue;
    if (Date.now() - lstatSync(join(folder, name)).mtimeMs > KEPT_MS) rmSync(join(folder, name), { force: true });
  }
}
