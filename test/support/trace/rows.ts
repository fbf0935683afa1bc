import { createTraceReducer } from "../../../mcp-server/src/trace/rows/reducer.ts";
import { summarize, type Audited } from "./audited.ts";
import type { JsonObject } from "../langfuse/store.ts";

// Rows as the official plugin writes them, one step a second: tools beside the generations, below one root.

export const TRACE_ID = "built";
const ROOT = "root";
const START = Date.parse("2026-03-01T09:00:00.000Z");
const STEP = 1000;

export interface RootRow {
  readonly prompt?: unknown;
  readonly output?: unknown;
  readonly sessionId?: string;
  /** steps until it ended */
  readonly steps?: number;
}

export function rootRow({
  prompt = "Do it.",
  output = "Done.",
  sessionId = "session",
  steps = 5000,
}: RootRow = {}): JsonObject {
  return {
    ...row(ROOT, "SPAN", "Conversational Turn", 0, steps),
    parentObservationId: null,
    input: { role: "user", content: prompt },
    output: output === null ? null : { role: "assistant", content: output },
    sessionId,
  };
}

export interface GenerationRow {
  /** the step at whose start it answered, just before the step's tools */
  readonly at: number;
  readonly says?: string;
  /** tool calls that it asks for */
  readonly calls?: number;
  readonly id?: string;
  readonly parent?: string;
  readonly metadata?: JsonObject;
  readonly level?: string;
}

export function generationRow({
  at,
  says = "",
  calls = 0,
  parent = ROOT,
  metadata = {},
  ...rest
}: GenerationRow): JsonObject {
  const id = rest.id ?? `${parent}-generation-${at}`;
  return {
    ...row(id, "GENERATION", `${parent === ROOT ? "" : "Subagent "}LLM Call ${Math.floor(at) + 1}`, at - 0.4, 0.2),
    parentObservationId: parent,
    level: rest.level ?? "DEFAULT",
    output: {
      role: "assistant",
      content: says,
      ...(calls === 0
        ? {}
        : { tool_calls: Array.from({ length: calls }, (_call, index) => ({ id: `${id}-${index}`, name: "x" })) }),
    },
    metadata,
  };
}

export interface ToolRow {
  readonly tool: string;
  /** its step: when it started, in seconds */
  readonly at: number;
  /** how many seconds it took */
  readonly takes?: number;
  readonly input?: JsonObject | null;
  readonly output?: unknown;
  readonly level?: string;
  readonly id?: string;
  readonly parent?: string;
  readonly metadata?: JsonObject;
}

export function toolRow({
  tool,
  at,
  takes = 0.5,
  input = {},
  output = "ok",
  parent = ROOT,
  ...rest
}: ToolRow): JsonObject {
  const id = rest.id ?? `${parent}-tool-${at}`;
  return {
    ...row(id, "TOOL", `Tool: ${tool}`, at, takes),
    parentObservationId: parent,
    level: rest.level ?? "DEFAULT",
    input,
    output,
    metadata: { tool_name: tool, tool_id: `call-${id}`, ...rest.metadata },
  };
}

/** The span of a subagent, beside the Agent call that started it. */
export function subagentRow(id: string, at: number, steps: number, agentType = "Explore"): JsonObject {
  return {
    ...row(id, "SPAN", "Subagent: looks around", at, steps),
    parentObservationId: ROOT,
    metadata: { agent_type: agentType, description: "looks around" },
  };
}

function row(id: string, type: string, name: string, at: number, steps: number): JsonObject {
  return {
    id,
    traceId: TRACE_ID,
    type,
    name,
    startTime: new Date(START + at * STEP).toISOString(),
    endTime: new Date(START + (at + steps) * STEP).toISOString(),
    level: "DEFAULT",
    statusMessage: "",
  };
}

/** The summary of rows of one built trace. */
export function summarizeBuilt(rows: readonly JsonObject[]): Audited {
  const reducer = createTraceReducer(TRACE_ID);
  reducer.addRows(rows);
  return summarize(reducer.finish());
}
