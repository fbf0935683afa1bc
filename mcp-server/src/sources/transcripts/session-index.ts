import { own, text } from "../../trace/values/json.ts";
import { readLine } from "../../trace/transcript/line-kind.ts";
import { createTurnFinder, type Turn } from "../../trace/transcript/turns.ts";
import type { SessionFile } from "./folders.ts";
import { endsInAnother, isCompact, parseLine } from "./parse-line.ts";
import { readLines } from "./read-lines.ts";

/** What a session's transcript holds: its turns, and where Claude Code was. */
export type SessionIndex = {
  readonly file: SessionFile;
  readonly turns: readonly Turn[];
  /** The folders that its lines name, a few of them; empty when no line says it. */
  readonly cwds: readonly string[];
  /** The number of the turn in which a call of this plugin's own tools has no result; null without one. */
  readonly auditing: number | null;
};

export type SessionIndexes = {
  /** Reads the file, or gives what an earlier reading of the unchanged file gave. Throws SourceFailures. */
  readonly of: (file: SessionFile, signal: AbortSignal) => Promise<SessionIndex>;
};

const REMEMBERED = 3000;

/** Indexes of transcripts, remembered for as long as a file keeps its size and time. */
export function createSessionIndexes(): SessionIndexes {
  const known = new Map<string, SessionIndex>();
  return {
    of: async (file, signal) => {
      const found = known.get(file.path);
      if (found?.file.size === file.size && found.file.changedAt === file.changedAt) return found;
      const index = await readIndex(file, signal);
      known.delete(file.path);
      known.set(file.path, index);
      const [oldest] = known.size > REMEMBERED ? known.keys() : [];
      if (oldest !== undefined) known.delete(oldest);
      return index;
    },
  };
}

// What Claude Code records of its requests makes up most of a transcript; such a line is told by its first bytes.
const START = Buffer.from('{"type":"');
const OURS = ["user", "assistant", "system"].map((type) => Buffer.from(`${START.toString()}${type}"`));
const USER = Buffer.from('"type":"user"');
const ASSISTANT = Buffer.from('"type":"assistant"');
const SYSTEM = Buffer.from('"type":"system"');
// A quote inside a text is escaped, so these bytes are a key and not what somebody wrote.
const RESULT = Buffer.from('"tool_use_id":"');

/** Of a session that goes through many folders; the first is where it began, and the others need only one to be known. */
const MAX_FOLDERS = 1000;

async function readIndex(file: SessionFile, signal: AbortSignal): Promise<SessionIndex> {
  const finder = createTurnFinder();
  const cwds = new Set<string>();
  await readLines(file.path, { from: 0, to: file.size }, signal, (bytes, from) => {
    if (isCompact(bytes)) {
      const isOurs = bytes.indexOf(START) !== 0 || OURS.some((start) => bytes.indexOf(start) === 0);
      if (!isOurs && !endsInAnother(bytes)) return;
      const isAnswer = bytes.includes(ASSISTANT);
      const isUser = !isAnswer && bytes.includes(USER);
      if (!isAnswer && !isUser && !bytes.includes(SYSTEM)) return;
      // Results can be megabytes, and that there is one is all that counts here.
      if (isUser && bytes.includes(RESULT) && cwds.size > 0) {
        finder.addResults((callId) => bytes.includes(callId));
        return;
      }
    }
    const { record } = parseLine(bytes);
    if (record === null) return;
    const cwd = text(own(record, "cwd"));
    if (cwd !== null && cwds.size < MAX_FOLDERS) cwds.add(cwd);
    finder.add(readLine(record), from);
  });
  return { file, turns: finder.finish(file.size), cwds: [...cwds], auditing: finder.auditing() };
}
