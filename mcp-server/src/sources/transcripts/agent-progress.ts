import { isRecord, own, text } from "../../trace/values/json.ts";
import { readLine, type Line } from "../../trace/transcript/line-kind.ts";

/** What a session's own transcript says of a subagent while it works. */
export type Said = { readonly agentId: string; readonly lines: readonly Line[] };

export type Progress = {
  /** Takes the next line of the session's transcript. */
  readonly add: (line: Line) => void;
  /** What was said of the subagent that a call started; null when nothing was. */
  readonly of: (callId: string) => Said | null;
};

/** Of one turn so many lines are kept. */
const MAX_LINES = 20_000;

/**
 * Keeps the messages of subagents that Claude Code wrote as progress of their calls. Versions up to 2.1 wrote them, some
 * beside a transcript of the subagent and some instead of it.
 */
export function createProgress(): Progress {
  const byCall = new Map<string, { readonly agentId: string; readonly lines: Line[] }>();
  let count = 0;
  return {
    add: ({ record, timestamp }) => {
      if (own(record, "type") !== "progress") return;
      const callId = text(own(record, "parentToolUseID"));
      const data = own(record, "data");
      if (callId === null || !isRecord(data) || own(data, "type") !== "agent_progress") return;
      const message = own(data, "message");
      if (!isRecord(message) || count >= MAX_LINES) return;
      count += 1;
      const known = byCall.get(callId) ?? { agentId: text(own(data, "agentId")) ?? callId, lines: [] };
      const { type, uuid, message: said, isApiErrorMessage } = message;
      const at = own(message, "timestamp") ?? timestamp;
      known.lines.push(readLine({ type, uuid, message: said, isApiErrorMessage, timestamp: at }));
      byCall.set(callId, known);
    },
    of: (callId) => byCall.get(callId) ?? null,
  };
}
