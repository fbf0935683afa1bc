import type { Candidate } from "../../trace/exporters/listed-traces.ts";
import type { Turn } from "../../trace/transcript/turns.ts";
import type { Window } from "../port.ts";
import type { SessionFile } from "./folders.ts";
import { toTraceId } from "./reader.ts";

/** The turns of a window, each once, however many sessions hold it. */
export function createCandidates(window: Window): {
  readonly add: (file: SessionFile, turn: Turn) => boolean;
  readonly list: () => readonly Candidate[];
} {
  const from = Date.parse(window.from);
  const to = Date.parse(window.to);
  const byOpening = new Map<string, Candidate>();
  return {
    add: (file, turn) => {
      const { uuid, startedAt, endedAt } = turn;
      const start = startedAt ?? file.changedAt;
      if (start < from || start > to) return false;
      const traceId = toTraceId(file, turn);
      // A forked session repeats the lines of the one that it came from.
      const key = uuid ?? traceId;
      const known = byOpening.get(key);
      const end = endedAt ?? start;
      // One of them may have been killed before its end.
      if (known !== undefined && (known.end > end || (known.end === end && known.traceId < traceId))) return false;
      byOpening.set(key, { traceId, name: null, end, isClaudeCode: true, session: file.sessionId });
      return true;
    },
    list: () =>
      [...byOpening.values()].toSorted(
        (left, right) => right.end - left.end || (left.traceId < right.traceId ? -1 : 1),
      ),
  };
}
