import { isRecord, own, text, type JsonRecord } from "../json.ts";
import { blocksText } from "../prompt.ts";
import type { Line } from "./line.ts";

/** A row in the legacy spelling of a Langfuse observation, which is what the reducer takes. */
export type Row = JsonRecord;

/** A call that was made, as far as finding the transcript of the subagent that it started needs it. */
export type Started = {
  readonly callId: string;
  readonly description: string;
  readonly type: string | null;
  /** Told by the call's result; null until then, and in older transcripts. */
  agentId: string | null;
};

export type ActorRows = {
  /** Takes the next line of the actor's transcript and gives the rows that it completes. */
  readonly add: (line: Line) => readonly Row[];
  /** The rows that nothing completed: the last request, and calls without a result. */
  readonly finish: () => readonly Row[];
  /** Every call by its id: any tool may start a subagent. */
  readonly started: ReadonlyMap<string, Started>;
  /** First and last timestamp of requests and results, as written. */
  readonly span: () => { readonly start: string | null; readonly end: string | null };
  /** The text of the last request when it asked for no tool, else "". */
  readonly finalText: () => string;
  readonly isInterrupted: () => boolean;
};

export type ActorOptions = {
  readonly traceId: string;
  readonly sessionId: string;
  /** The row of the turn or subagent that everything hangs below. */
  readonly parentId: string;
  /** `LLM Call` or `Subagent LLM Call`. */
  readonly requestName: string;
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

type Call = { readonly name: string; readonly input: unknown; readonly start: string | null };

/** Longest text of one request that is kept: enough for a PLAN section (see messages.ts). */
const MAX_SAID = 20_000;

/**
 * Turns the lines of one actor, the main agent within a turn or one subagent, into rows: one generation per message id,
 * however many lines it was written in, and one tool row per call, from the call's line to that of its result.
 */
export function createActorRows({ traceId, sessionId, parentId, requestName }: ActorOptions): ActorRows {
  const started = new Map<string, Started>();
  const open = new Map<string, Call>();
  const seen = new Set<string>();
  let request: Request | null = null;
  let last: Request | null = null;
  let requests = 0;
  let attempt = 1;
  let first: string | null = null;
  let latest: string | null = null;
  let isInterrupted = false;

  const base = { traceId, sessionId, parentObservationId: parentId };

  const closeRequest = (): readonly Row[] => {
    if (request === null) return [];
    const done = request;
    request = null;
    last = done;
    requests += 1;
    return [
      {
        ...base,
        id: done.id,
        type: "GENERATION",
        name: `${requestName} ${requests}`,
        startTime: done.start,
        endTime: done.end,
        level: done.isFailed ? "ERROR" : "DEFAULT",
        output: { role: "assistant", content: done.said, tool_calls: done.calls },
        model: done.model,
        usageDetails: toUsage(done.usage),
        metadata: { attempt: done.attempt, ...(done.stop === null ? {} : { stop_reason: done.stop }), ...SCOPE },
      },
    ];
  };

  const toolRow = (id: string, call: Call, rest: Row): Row => ({
    ...base,
    id,
    type: "TOOL",
    name: `Tool: ${call.name}`,
    startTime: call.start,
    input: call.input,
    ...rest,
  });

  const addAnswer = ({ record, message, uuid, timestamp }: Line): readonly Row[] => {
    const key = uuid ?? "";
    if (key !== "" && seen.has(key)) return [];
    seen.add(key);
    const id = text(own(message, "id")) ?? uuid ?? `request-${requests + 1}`;
    const rows = request !== null && request.id !== id ? closeRequest() : [];
    request ??= {
      id,
      start: latest ?? timestamp,
      attempt,
      end: null,
      model: null,
      stop: null,
      usage: null,
      said: "",
      isFailed: false,
      calls: [],
    };
    attempt = 1;
    request.end = timestamp;
    request.model = text(own(message, "model"));
    request.stop = text(own(message, "stop_reason")) ?? request.stop;
    request.usage = own(message, "usage") ?? request.usage;
    request.isFailed ||= own(record, "isApiErrorMessage") === true;
    const content = own(message, "content");
    const blocks = Array.isArray(content) ? content : [{ type: "text", text: content }];
    const said = blocksText(blocks) ?? "";
    request.said = `${request.said}${request.said === "" || said === "" ? "" : "\n"}${said}`.slice(0, MAX_SAID);
    for (const block of blocks) {
      const callId = isRecord(block) && own(block, "type") === "tool_use" ? text(own(block, "id")) : null;
      if (callId === null || !isRecord(block) || started.has(callId)) continue;
      const name = text(own(block, "name")) ?? "unknown";
      const input = own(block, "input");
      request.calls.push({ id: callId, name });
      open.set(callId, { name, input, start: timestamp });
      started.set(callId, { callId, ...describe(input), agentId: null });
    }
    return rows;
  };

  const addResults = ({ record, message, timestamp }: Line): readonly Row[] => {
    const content = own(message, "content");
    const rows: Row[] = [];
    for (const block of Array.isArray(content) ? content : []) {
      const id = isRecord(block) && own(block, "type") === "tool_result" ? text(own(block, "tool_use_id")) : null;
      const call = id === null ? undefined : open.get(id);
      if (id === null || call === undefined || !isRecord(block)) continue;
      open.delete(id);
      const output = own(block, "content");
      const said = Array.isArray(output) ? (blocksText(output) ?? "") : (text(output) ?? "");
      const isFailed = own(block, "is_error") === true;
      const known = started.get(id);
      if (known !== undefined) known.agentId = agentIdOf(record);
      rows.push(
        toolRow(id, call, {
          endTime: timestamp,
          level: isFailed ? "ERROR" : "DEFAULT",
          statusMessage: isFailed ? said : "",
          output: said,
          metadata: { tool_name: call.name, tool_id: id, output_meta: { orig_len: said.length } },
        }),
      );
    }
    return rows;
  };

  const touch = (timestamp: string | null): void => {
    if (timestamp === null) return;
    first ??= timestamp;
    // Lines are mostly written in order, but those of a compaction are not.
    if (latest === null || timestamp > latest) latest = timestamp;
  };

  return {
    add: (line) => {
      switch (line.kind) {
        case "answer": {
          const rows = addAnswer(line);
          touch(line.timestamp);
          return rows;
        }
        case "results": {
          const rows = addResults(line);
          touch(line.timestamp);
          return rows;
        }
        case "interrupt":
          isInterrupted = true;
          touch(line.timestamp);
          return [];
        case "retry":
          attempt += 1;
          return [];
        case "compaction":
          return [
            {
              ...base,
              id: line.uuid ?? `compaction-${line.timestamp}`,
              type: "EVENT",
              name: "compact_boundary",
              startTime: line.timestamp,
              metadata: {},
            },
          ];
        default:
          if (first === null) touch(line.timestamp);
          return [];
      }
    },
    finish: () => [
      ...closeRequest(),
      ...[...open].map(([id, call]) => toolRow(id, call, { metadata: { tool_name: call.name, tool_id: id } })),
    ],
    started,
    span: () => ({ start: first, end: latest }),
    finalText: () => (last === null || last.calls.length > 0 ? "" : last.said),
    isInterrupted: () => isInterrupted,
  };
}

/** How the reducer knows these rows from an exporter's; see shapes/transcript.ts. */
export const SCOPE = { scope: { name: "claude-code-transcript" } } as const;

function describe(input: unknown): { readonly description: string; readonly type: string | null } {
  if (!isRecord(input)) return { description: "", type: null };
  return { description: text(own(input, "description")) ?? "", type: text(own(input, "subagent_type")) };
}

function agentIdOf(record: JsonRecord): string | null {
  const result = own(record, "toolUseResult");
  return isRecord(result) ? text(own(result, "agentId")) : null;
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
