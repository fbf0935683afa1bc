import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

export type Json = Readonly<Record<string, unknown>>;

/** What happens in a session, a second apart; each gives the lines that Claude Code writes of it. */
export type Writer = {
  readonly lines: Json[];
  readonly user: (content: unknown, more?: Json) => Writer;
  readonly say: (text: string) => Writer;
  readonly call: (name: string, input: Json, id: string) => Writer;
  readonly result: (id: string, more?: Json) => Writer;
  /** A call and its result. */
  readonly tool: (name: string, input?: Json) => Writer;
  readonly line: (line: Json) => Writer;
  readonly wait: (seconds: number) => Writer;
};

export type WriterOptions = {
  readonly cwd: string;
  readonly sessionId?: string;
  /** Milliseconds since 1970. */
  readonly start?: number;
  readonly agentId?: string;
};

let written = 0;

/** Writes the lines of a session, or of a subagent's transcript, as Claude Code 2.1 does; an hour ago by default. */
export function writer({ cwd, sessionId = "s", start = Date.now() - 3_600_000, agentId }: WriterOptions): Writer {
  let time = start;
  const lines: Json[] = [];
  const add = (type: string, message: Json, more: Json = {}): Writer => {
    time += 1000;
    written += 1;
    const whose = { isSidechain: agentId !== undefined, ...(agentId === undefined ? {} : { agentId }) };
    const when = { uuid: `uuid-${written}`, timestamp: new Date(time).toISOString() };
    lines.push({ parentUuid: null, ...whose, cwd, sessionId, version: "2.1.330", type, message, ...when, ...more });
    return self;
  };
  const answer = (content: readonly Json[], stop: string): Writer =>
    add("assistant", { id: `msg_${written}`, role: "assistant", model: "claude-x", content, stop_reason: stop });
  const self: Writer = {
    lines,
    user: (content, more) => add("user", { role: "user", content }, more),
    say: (text) => answer([{ type: "text", text }], "end_turn"),
    call: (name, input, id) => answer([{ type: "tool_use", id, name, input }], "tool_use"),
    result: (id, more) =>
      add("user", { role: "user", content: [{ type: "tool_result", tool_use_id: id, content: "ok" }] }, more),
    tool: (name, input = {}) => {
      const id = `toolu_${written}`;
      return self.call(name, input, id).result(id);
    },
    line: (line) => {
      lines.push(line);
      return self;
    },
    wait: (seconds) => {
      time += seconds * 1000;
      return self;
    },
  };
  return self;
}

export const toText = (lines: readonly Json[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join("");

/** Claude Code's name for a project's folder, with no regard to long paths. */
export const folderName = (project: string): string =>
  Array.from({ length: project.length }, (_, at) => project.charAt(at))
    .map((unit) => (/^[A-Za-z0-9]$/u.test(unit) ? unit : "-"))
    .join("");

/** Puts a text where Claude Code keeps one of a project, as if written some seconds ago. Gives its path. */
export function put(home: string, project: string, name: string, text: string, secondsAgo = 600): string {
  const path = join(home, ".claude", "projects", folderName(project), name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  const when = Date.now() / 1000 - secondsAgo;
  utimesSync(path, when, when);
  return path;
}
