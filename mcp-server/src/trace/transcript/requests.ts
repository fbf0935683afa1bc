import { isRecord, own, text, type JsonRecord } from "../values/json.ts";
import { blocksText } from "../rows/prompt.ts";
import type { Line } from "./line-kind.ts";

/** A row in the legacy spelling of a Langfuse observation, which is what the reducer takes. */
export type Row = JsonRecord;

/** What every row of one actor has in common. */
export type Base = { readonly traceId: string; readonly sessionId: string; readonly parentObservationId: string };

export type Requests = {
  /**
   * Takes a line of an answer and gives the row of the request before, when another begins. `start` is the time of the
   * step before it.
   */
  readonly add: (line: Line, blocks: readonly unknown[], start: string | null) => readonly Row[];
  /** A call that the latest answer asks for. */
  readonly addCall: (id: string, name: string) => void;
  /** A failed attempt of the request that comes next. */
  readonly retry: () => void;
  /** The row of the last request. */
  readonly finish: () => readonly Row[];
  /** The text of the last request when it asked for no tool, else "". */
  readonly finalText: () => string;
};

type Request = {
  readonly id: string;
  readonly start: string | null;
  readonly attempt: number;
  end: string | null;
  model: string | null;
  stop: string | null;
  usage: unknown;
  said: string;
  isFailed: boolean;
  readonly calls: { readonly id: string; readonly name: string }[];
};

/** Longest text of one request that is kept: enough for a PLAN section (see messages.ts). */
const MAX_SAID = 20_000;

/** How the reducer knows these rows from an exporter's; see exporters/transcript.ts. */
export const SCOPE = { scope: { name: "claude-code-transcript" } } as const;

/** Puts the lines of one message, each with a block of it, together into one generation. */
export function createRequests(base: Base, name: string): Requests {
  let request: Request | null = null;
  let count = 0;
  let attempt = 1;

  const close = (): readonly Row[] => {
    if (request === null) return [];
    count += 1;
    return [toRow(base, `${name} ${count}`, request)];
  };

  return {
    add: ({ record, message, uuid, timestamp }, blocks, start) => {
      const id = text(own(message, "id")) ?? uuid ?? `request-${count + 1}`;
      const rows = request?.id === id ? [] : close();
      if (request?.id !== id) {
        const unknown = { end: null, model: null, stop: null, usage: null, said: "", isFailed: false };
        request = { id, start, attempt, ...unknown, calls: [] };
        attempt = 1;
      }
      request.end = timestamp;
      request.model = text(own(message, "model"));
      request.stop = text(own(message, "stop_reason")) ?? request.stop;
      request.usage = own(message, "usage") ?? request.usage;
      request.isFailed ||= own(record, "isApiErrorMessage") === true;
      const said = blocksText(blocks) ?? "";
      request.said = `${request.said}${request.said === "" || said === "" ? "" : "\n"}${said}`.slice(0, MAX_SAID);
      return rows;
    },
    addCall: (id, name) => request?.calls.push({ id, name }),
    retry: () => {
      attempt += 1;
    },
    finish: close,
    finalText: () => (request === null || request.calls.length > 0 ? "" : request.said),
  };
}

function toRow({ traceId, sessionId, parentObservationId }: Base, name: string, request: Request): Row {
  const { id, start, end, isFailed, said, calls, model, usage, attempt, stop } = request;
  // Written out, for a spread of thousands of rows costs more than reading them.
  return {
    traceId,
    sessionId,
    parentObservationId,
    id,
    type: "GENERATION",
    name,
    startTime: start,
    endTime: end,
    level: isFailed ? "ERROR" : "DEFAULT",
    output: { role: "assistant", content: said, tool_calls: calls },
    model,
    usageDetails: toUsage(usage),
    metadata: stop === null ? { attempt, scope: SCOPE.scope } : { attempt, stop_reason: stop, scope: SCOPE.scope },
  };
}

function toUsage(usage: unknown): JsonRecord {
  if (!isRecord(usage)) return {};
  return {
    input: own(usage, "input_tokens"),
    cache_read_input_tokens: own(usage, "cache_read_input_tokens"),
    cache_creation_input_tokens: own(usage, "cache_creation_input_tokens"),
    output: own(usage, "output_tokens"),
  };
}
