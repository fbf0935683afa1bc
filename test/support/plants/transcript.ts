import { readLine } from "../../../mcp-server/src/trace/transcript/line-kind.ts";
import { createSubagentRows, createTurnRows } from "../../../mcp-server/src/trace/transcript/turn-rows.ts";
import { createTurnFinder, type Turn } from "../../../mcp-server/src/trace/transcript/turns.ts";
import { isFailed, resultText, type SessionAgent } from "../exporters/session.ts";
import { asObject, type JsonObject, type LegacyTrace, parseLegacyTrace, textOf } from "../langfuse/store.ts";
import type { Host } from "./hosts.ts";
import { later, type PlantedTrace } from "./rows.ts";
import { type PlantedCall, type PlantedStep, toPlanted } from "./session.ts";
import { readSession } from "../transcripts/recorded.ts";

/** The turns of a recorded transcript: lines are planted into it, and it is read as the audit without Langfuse does. */
export function transcriptHosts(): readonly Host[] {
  const { sessionId, lines } = readSession("multiturn");
  const session = lines.map((line) => asObject(JSON.parse(line)));
  const finder = createTurnFinder();
  session.forEach((line, at) => finder.add(readLine(line), at));
  return finder.finish(session.length).map((turn) => toHost(turn, session.slice(turn.from, turn.to), sessionId));
}

function toHost(turn: Turn, lines: readonly JsonObject[], sessionId: string): Host {
  const [asked, answer] = [lines.find(isRequest), lines.findLast(isRequest)];
  const results = lines.findLast(({ type, toolUseResult }) => type === "user" && toolUseResult !== undefined);
  if (asked === undefined || answer === undefined || results === undefined)
    throw new Error("no call in the transcript");
  const plant: Host["plant"] = (steps, isInterrupted): PlantedTrace => {
    const from = Date.parse(String(results.timestamp));
    const made = toPlanted(steps, from);
    const moved = { ...answer, timestamp: later(String(answer.timestamp), made.end - from) };
    const ends = isInterrupted ? [{ ...stopLine(), timestamp: new Date(made.end).toISOString() }] : [moved];
    const before = lines.slice(0, lines.indexOf(answer));
    const added = made.steps.flatMap((step, at) => linesOf(step, `planted-${at}`, asked, results));
    const agents = made.steps.flatMap(({ calls }) => calls.filter(({ agent }) => agent !== null));
    const trace = toTrace(turn, sessionId, [...before, ...added, ...ends], (rootId) =>
      agents.flatMap((call) => agentRows(call, { turn, sessionId, rootId, asked, results })),
    );
    const planted = trace.observations.filter(({ id }) => id.includes("planted"));
    return { trace, planted: new Set(planted.map(({ id }) => id)) };
  };
  const trace = toTrace(turn, sessionId, lines, () => []);
  return { name: `transcript/multiturn.${turn.number}`, exporter: "transcript", trace, isIngested: false, plant };
}

const isRequest = ({ type }: JsonObject): boolean => type === "assistant";

/** What Claude Code writes when a human stops a turn. */
function stopLine(): JsonObject {
  const lines = readSession("interrupted").lines.map((line) => asObject(JSON.parse(line)));
  return lines.find((line) => readLine(line).kind === "interrupt") ?? {};
}

/** The lines of a step: the request, and the result of its call. */
function linesOf(step: PlantedStep, key: string, asked: JsonObject, results: JsonObject): readonly JsonObject[] {
  const at = (time: number): string => new Date(time).toISOString();
  const isError = step.text.startsWith("API Error");
  const request = {
    ...asked,
    uuid: `${key}-asked`,
    timestamp: at(step.calls[0]?.start ?? step.end),
    ...(isError ? { isApiErrorMessage: true } : {}),
    message: {
      ...asObject(asked.message),
      id: `msg_${key}`,
      model: step.model,
      content: [
        ...(step.text === "" ? [] : [{ type: "text", text: step.text }]),
        ...step.calls.map(({ id, tool, input }) => ({ type: "tool_use", id, name: tool, input })),
      ],
      stop_reason: step.calls.length > 0 ? "tool_use" : isError ? "stop_sequence" : "end_turn",
      usage: { input_tokens: step.usage.input ?? 0, output_tokens: step.usage.output ?? 0 },
    },
  };
  const answered = step.calls.map((call) => ({
    ...results,
    uuid: `${key}-result`,
    timestamp: at(call.end),
    toolUseResult: call.agent === null ? {} : { agentId: call.agent.id },
    message: {
      role: "user",
      content: [
        {
          type: "tool_result",
          tool_use_id: call.id,
          content: call.output,
          ...(isFailed(call) ? { content: resultText(call), is_error: true } : {}),
        },
      ],
    },
  }));
  return [request, ...answered];
}

interface Place {
  readonly turn: Turn;
  readonly sessionId: string;
  readonly rootId: string;
  readonly asked: JsonObject;
  readonly results: JsonObject;
}

/** A subagent has a transcript of its own. */
function agentRows({ id, agent }: PlantedCall, place: Place): readonly JsonObject[] {
  if (agent === null) return [];
  const { turn, sessionId, rootId, asked, results } = place;
  const call = {
    callId: id,
    description: agent.description,
    type: agent.type,
    agentId: agent.id,
    continues: null,
    runId: null,
  };
  const options = { agentId: agent.id, agentType: agent.type, parentId: rootId, call };
  const rows = createSubagentRows({ traceId: traceIdOf(turn), sessionId, number: turn.number }, options);
  const lines = linesOfAgent(agent, asked, results);
  return [...lines.flatMap((line) => rows.add(readLine({ ...line, isSidechain: true }))), ...rows.finish()];
}

const linesOfAgent = (agent: SessionAgent, asked: JsonObject, results: JsonObject): readonly JsonObject[] =>
  agent.steps.flatMap((step, at) => linesOf(step, `planted-${agent.id}-${at}`, asked, results));

const traceIdOf = ({ number }: Turn): string => `transcript-${number}`;

function toTrace(
  turn: Turn,
  sessionId: string,
  lines: readonly JsonObject[],
  moreRows: (rootId: string) => readonly JsonObject[],
): LegacyTrace {
  const id = traceIdOf(turn);
  const rows = createTurnRows({ traceId: id, sessionId, number: turn.number });
  const own = [...lines.flatMap((line) => rows.add(readLine(line))), ...rows.finish()];
  const timestamp = own.map(({ startTime }) => textOf(startTime) ?? "").toSorted()[0];
  const trace = { id, sessionId, name: `Claude Code - Turn ${turn.number}`, timestamp, tags: ["claude-code"] };
  return parseLegacyTrace(JSON.stringify({ ...trace, observations: [...own, ...moreRows(rows.rootId)] }));
}
