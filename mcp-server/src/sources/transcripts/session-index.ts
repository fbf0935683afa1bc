import { own, parseRecord, text } from "../../trace/values/json.ts";
import { readLine } from "../../trace/transcript/line-kind.ts";
import { createTurnFinder, type Turn } from "../../trace/transcript/turns.ts";
import type { SessionFile } from "./folders.ts";
import { readLines } from "./read-lines.ts";

/** What a session's transcript holds: its turns, and where Claude Code was when it began. */
export type SessionIndex = {
  readonly file: SessionFile;
  readonly turns: readonly Turn[];
  /** Null when no line says it. */
  readonly cwd: string | null;
  /** A call of this plugin's own tools is under way in it. */
  readonly isAuditing: boolean;
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
// A quote inside a text is escaped, so these bytes are a key and not what somebody wrote.
const RESULT = Buffer.from('"tool_use_id":"');

async function readIndex(file: SessionFile, signal: AbortSignal): Promise<SessionIndex> {
  const finder = createTurnFinder();
  let cwd: string | null = null;
  await readLines(file.path, { from: 0, to: file.size }, signal, (bytes, from) => {
    if (bytes.indexOf(START) === 0 && !OURS.some((start) => bytes.indexOf(start) === 0)) return;
    const isAnswer = bytes.includes(ASSISTANT);
    if (!isAnswer && !bytes.includes(USER)) return;
    // Results can be megabytes, and that there is one is all that counts here.
    if (!isAnswer && bytes.includes(RESULT) && cwd !== null) {
      finder.addResults();
      return;
    }
    const record = parseRecord(bytes.toString());
    if (record === null) return;
    cwd ??= text(own(record, "cwd"));
    finder.add(readLine(record), from);
  });
  return { file, turns: finder.finish(file.size), cwd, isAuditing: finder.isAuditing() };
}
