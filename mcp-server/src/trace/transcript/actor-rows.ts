import { isRecord, own, text, type JsonRecord } from "../values/json.ts";
import { blocksText } from "../rows/prompt.ts";
import type { Line } from "./line-kind.ts";
import { createRequests, type Base, type Row } from "./requests.ts";

/** A call that was made, as far as finding the transcript of the subagent that it started needs it. */
export type Started = {
  readonly callId: string;
  readonly description: string;
  readonly type: string | null;
  /** The agent that the call goes on with, by its id or name: it was started before. */
  readonly continues: string | null;
  /** Told by the call's result; null until then, and in older transcripts. */
  agentId: string | null;
  /** The run of a workflow, whose agents lie in a folder of this name; told by the call's result. */
  runId: string | null;
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

/** What a call came to; without one, every field of its row is absent or null. */
type Result = {
  readonly end: string | null;
  readonly said: string | undefined;
  readonly isFailed: boolean;
  readonly metadata: JsonRecord;
};
const NO_RESULT = { end: null, said: undefined, isFailed: false } as const;

type Call = { readonly name: string; readonly input: unknown; readonly start: string | null };

/**
 * Turns the lines of one actor, the main agent within a turn or one subagent, into rows: one generation per message id,
 * however many lines it was written in, and one tool row per call, from the call's line to that of its result.
 * `requestName` is `LLM Call` or `Subagent LLM Call`.
 */
export function createActorRows(base: Base, requestName: string): ActorRows {
  const requests = createRequests(base, requestName);
  const started = new Map<string, Started>();
  const open = new Map<string, Call>();
  const seen = new Set<string>();
  let first: string | null = null;
  let latest: string | null = null;
  let isInterrupted = false;

  // Written out, for a spread of thousands of rows costs more than reading them.
  const toolRow = (id: string, { name, input, start }: Call, result: Result): Row => ({
    traceId: base.traceId,
    sessionId: base.sessionId,
    parentObservationId: base.parentObservationId,
    id,
    type: "TOOL",
    name: `Tool: ${name}`,
    startTime: start,
    endTime: result.end,
    level: result.isFailed ? "ERROR" : "DEFAULT",
    statusMessage: result.isFailed ? result.said : "",
    input,
    output: result.said,
    metadata: result.metadata,
  });

  const addAnswer = (line: Line): readonly Row[] => {
    const { message, timestamp } = line;
    const content = own(message, "content");
    const blocks: readonly unknown[] = Array.isArray(content) ? content : [{ type: "text", text: content }];
    const rows = requests.add(line, blocks, latest ?? timestamp);
    for (const block of blocks) {
      const callId = isRecord(block) && own(block, "type") === "tool_use" ? text(own(block, "id")) : null;
      if (callId === null || !isRecord(block) || started.has(callId)) continue;
      const name = text(own(block, "name")) ?? "unknown";
      const input = own(block, "input");
      requests.addCall(callId, name);
      open.set(callId, { name, input, start: timestamp });
      started.set(callId, { callId, ...describe(name, input), agentId: null, runId: null });
    }
    return rows;
  };

  const addResult = (block: unknown, { record, timestamp }: Line): readonly Row[] => {
    const id = isRecord(block) && own(block, "type") === "tool_result" ? text(own(block, "tool_use_id")) : null;
    const call = id === null ? undefined : open.get(id);
    if (id === null || call === undefined || !isRecord(block)) return [];
    open.delete(id);
    const told = own(record, "toolUseResult");
    const known = started.get(id);
    if (known !== undefined && isRecord(told)) tellAgents(known, told);
    const output = own(block, "content");
    const said = Array.isArray(output) ? (blocksText(output) ?? "") : (text(output) ?? "");
    const isFailed = own(block, "is_error") === true;
    const metadata = {
      tool_name: call.name,
      tool_id: id,
      output_meta: { orig_len: said.length },
      // What stands beside the text: that the call was not let run, or that it goes on in the background.
      tool_denial_kind: text(own(record, "toolDenialKind")),
      background_task_id: isRecord(told) ? text(own(told, "backgroundTaskId")) : null,
    };
    return [toolRow(id, call, { end: timestamp, said, isFailed, metadata })];
  };

  const touch = (timestamp: string | null): void => {
    if (timestamp === null) return;
    first ??= timestamp;
    // Lines are mostly written in order, but those of a compaction are not.
    if (latest === null || timestamp > latest) latest = timestamp;
  };

  const addStep = (line: Line): readonly Row[] => {
    const content = own(line.message, "content");
    switch (line.kind) {
      case "answer":
        return addAnswer(line);
      case "results":
        return Array.isArray(content) ? content.flatMap((block) => addResult(block, line)) : [];
      case "interrupt":
        isInterrupted = true;
        return [];
      case "retry":
        requests.retry();
        return [];
      case "compaction":
        return [toCompaction(base, line)];
      default:
        return [];
    }
  };

  return {
    add: (line) => {
      // A compaction writes lines again that it keeps.
      if (line.uuid !== null && seen.has(line.uuid)) return [];
      if (line.uuid !== null) seen.add(line.uuid);
      const rows = addStep(line);
      if (STEPS.has(line.kind) || first === null) touch(line.timestamp);
      return rows;
    },
    finish: () => [
      ...requests.finish(),
      ...[...open].map(([id, call]) =>
        toolRow(id, call, { ...NO_RESULT, metadata: { tool_name: call.name, tool_id: id } }),
      ),
    ],
    started,
    span: () => ({ start: first, end: latest }),
    finalText: requests.finalText,
    isInterrupted: () => isInterrupted,
  };
}

/** What the actor itself did; a turn ends with the last of these. */
const STEPS: ReadonlySet<Line["kind"]> = new Set(["answer", "results", "interrupt"] as const);

function toCompaction(base: Base, { uuid, timestamp }: Line): Row {
  const id = uuid ?? `compaction-${timestamp}`;
  return { ...base, id, type: "EVENT", name: "compact_boundary", startTime: timestamp, metadata: {} };
}

function describe(name: string, input: unknown): Pick<Started, "description" | "type" | "continues"> {
  if (!isRecord(input)) return { description: "", type: null, continues: null };
  return {
    description: text(own(input, "description")) ?? "",
    type: text(own(input, "subagent_type")),
    continues: text(own(input, "resume")) ?? (name === "SendMessage" ? text(own(input, "to")) : null),
  };
}

/** Notes who worked for a call, as its result says. */
function tellAgents(call: Started, result: JsonRecord): void {
  const folder = text(own(result, "transcriptDir"));
  call.agentId = text(own(result, "agentId"));
  call.runId = folder?.split(/[/\\]/u).findLast((part) => part !== "") ?? text(own(result, "runId"));
}
