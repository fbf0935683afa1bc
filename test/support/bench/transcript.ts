import { statSync } from "node:fs";
import { isRecord } from "../../../mcp-server/src/trace/values/json.ts";
import { temporaryFolder } from "../files/temporary.ts";
import { put, toText, writer, type Writer } from "../transcripts/writer.ts";

/** A session on disk: its transcript of `size` bytes, the environment of a server that reads it, and its selector. */
type WrittenSession = {
  readonly file: string;
  readonly size: number;
  readonly env: Readonly<Record<string, string>>;
  readonly traceId: string;
};

const CALLS = 60;
/** What a call reads or prints; it stands in its result's line twice. */
const TEXT = "export const value = 1; // a line of a file that was read\n".repeat(50);
const COMMANDS = ["npm test", "npx tsc --noEmit && npx eslint src", "git status --short", "git commit -am 'Mend it'"];
const USAGE = {
  input_tokens: 4,
  cache_creation_input_tokens: 1200,
  cache_read_input_tokens: 48_000,
  output_tokens: 180,
  service_tier: "standard",
  cache_creation: { ephemeral_1h_input_tokens: 0, ephemeral_5m_input_tokens: 1200 },
};

/** Writes a session of so many turns of 60 calls, which is some 0.5 MB a turn, as Claude Code 2.1 writes it. */
export function writeLongSession(turns: number): WrittenSession {
  const [home, project] = [temporaryFolder("home"), temporaryFolder("project")];
  const session = writer({ cwd: project, sessionId: "long", start: Date.now() - turns * 600_000 - 3_600_000 });
  for (let turn = 0; turn < turns; turn += 1) {
    session.line({
      type: "file-history-snapshot",
      messageId: `snapshot-${turn}`,
      snapshot: {},
      isSnapshotUpdate: false,
    });
    session.user(`Mend the reader of file ${turn}, and run the tests before you commit it.`);
    for (let call = 0; call < CALLS; call += 1) addCall(session, project, turn * CALLS + call);
    session.say("The reader is mended and its tests pass.").wait(300);
  }
  const lines = session.lines.map((line) =>
    isRecord(line["message"]) && line["type"] === "assistant"
      ? { ...line, message: { ...line["message"], type: "message", usage: USAGE }, requestId: `req_${"0".repeat(24)}` }
      : line,
  );
  const file = put(home, project, "long.jsonl", toText(lines));
  const env = { HOME: home, CLAUDE_PROJECT_DIR: project };
  return { file, size: statSync(file).size, env, traceId: "session:long" };
}

function addCall(session: Writer, project: string, at: number): void {
  const id = `toolu_${at}`;
  const filePath = `${project}/src/file-${at % 97}.ts`;
  const content = [{ type: "tool_result", tool_use_id: id, content: TEXT }];
  if (at % 4 === 0) {
    session.call("Bash", { command: COMMANDS[(at / 4) % COMMANDS.length], description: "Run it" }, id);
    session.user(content, { toolUseResult: { stdout: TEXT, stderr: "", interrupted: false, isImage: false } });
  } else if (at % 4 === 1) {
    const [oldString, newString] = [`value = ${at};`, `value = ${at + 1};`];
    session.call("Edit", { file_path: filePath, old_string: oldString, new_string: newString }, id);
    session.user(content, {
      toolUseResult: { filePath, oldString, newString, originalFile: TEXT, structuredPatch: [] },
    });
  } else {
    session.call("Read", { file_path: filePath }, id);
    session.user(content, { toolUseResult: { type: "text", file: { filePath, content: TEXT, numLines: 50 } } });
  }
}
