import { buildTrace, foreignSpan } from "./rows.ts";
import { callsOf, isFailed, resultText, type SessionCall, type SessionStep, type SessionTurn } from "./session.ts";
import type { JsonObject, LegacyTrace } from "../langfuse/store.ts";

const failureOf = (call: SessionCall): { readonly level?: "ERROR"; readonly statusMessage?: string } =>
  isFailed(call) ? { level: "ERROR", statusMessage: resultText(call) } : {};

/**
 * The Claude Agent SDK (Python) through OpenInference, from its source: tools below the query, and below an Agent call a
 * span `ClaudeAgentSDK.Agent` that holds what the subagent did.
 */
export function openinferencePython(turn: SessionTurn, seed: string): LegacyTrace {
  const trace = buildTrace(seed);
  const scope = "openinference.instrumentation.claude_agent_sdk";
  const name = "ClaudeAgentSDK.query";
  const texts = { input: turn.prompt, output: turn.answer === "" ? null : turn.answer };
  const root = trace.row({
    ...texts,
    name,
    type: "AGENT",
    start: turn.start,
    end: turn.end,
    metadata: foreignSpan(scope, {
      "openinference.span.kind": "AGENT",
      "session.id": turn.sessionId,
      "llm.system": "anthropic",
      "llm.provider": "anthropic",
    }),
  });
  const addCall = (call: SessionCall, parent: string): void => {
    const { tool, input, output, start, end, agent } = call;
    const id = trace.row({
      name: tool,
      type: "TOOL",
      start,
      end,
      parent,
      input,
      output: isFailed(call) ? null : output,
      metadata: foreignSpan(scope, {
        "openinference.span.kind": "TOOL",
        "tool.id": call.id,
        "tool.name": tool,
        "tool.parameters": input,
      }),
      ...(turn.isInterrupted && isFailed(call) ? { level: "ERROR", statusMessage: "Abandoned" } : failureOf(call)),
    });
    if (agent === null) return;
    const span = trace.row({
      name: `ClaudeAgentSDK.${tool}`,
      type: "AGENT",
      start: agent.start,
      end: agent.end,
      parent: id,
      metadata: foreignSpan(scope, { "openinference.span.kind": "AGENT", "agent.name": tool }),
    });
    for (const inner of callsOf(agent.steps)) addCall(inner, span);
  };
  for (const call of callsOf(turn.steps)) addCall(call, root);
  return trace.finish({ ...texts, name, start: turn.start, sessionId: turn.sessionId });
}

/**
 * Arize-ai/coding-harness-tracing, from its source: OpenInference over OTLP, one CHAIN a turn, each request with its tools
 * below it. A turn whose request failed is a single row; one that nobody saw end is closed with words of the hook's own.
 */
export function arizeHarness(turn: SessionTurn, seed: string): LegacyTrace {
  const trace = buildTrace(seed);
  const isApiError = turn.answer.startsWith("API Error");
  const span = (kind: string, more: JsonObject = {}): JsonObject =>
    foreignSpan("arize-claude-plugin", {
      "openinference.span.kind": kind,
      "session.id": turn.sessionId,
      "turn.id": String(turn.number),
      ...more,
    });
  const project = { "trace.number": String(turn.number), "project.name": turn.cwd.split("/").at(-1) };
  const closed = turn.isInterrupted ? "(Turn closed by fail-safe: Stop hook did not fire)" : "(No response)";
  const texts = { input: turn.prompt, output: turn.answer === "" ? closed : turn.answer };
  const times = { start: turn.start, end: turn.end };
  const name = `Turn ${turn.number}${isApiError ? " (failed)" : ""}`;
  const finish = (): LegacyTrace => trace.finish({ ...texts, name, start: turn.start, sessionId: turn.sessionId });
  if (isApiError) {
    trace.row({
      ...texts,
      ...times,
      name,
      type: "GENERATION",
      metadata: span("LLM", { ...project, "error.type": "server_error" }),
    });
    return finish();
  }
  const root = trace.row({ ...texts, ...times, name, type: "CHAIN", metadata: span("CHAIN", project) });
  let request = 0;
  const addSteps = (steps: readonly SessionStep[], parent: string, agentId: string | null): void => {
    const ofAgent = agentId === null ? {} : { "subagent.id": agentId };
    for (const step of steps) {
      request += 1;
      const asked = trace.row({
        name: `LLM call ${request}: ${step.model}`,
        type: "GENERATION",
        start: step.start,
        end: step.end,
        parent,
        output: step.text === "" ? null : step.text,
        model: step.model,
        usage: step.usage,
        metadata: span("LLM", ofAgent),
      });
      for (const call of step.calls) addCall(call, asked, ofAgent);
    }
  };
  const addCall = (call: SessionCall, parent: string, ofAgent: JsonObject): void => {
    const { tool, input, start, end, agent } = call;
    const output = agent === null ? call.output : { content: call.output, toolUseResult: { agentId: agent.id } };
    const id = trace.row({
      name: tool,
      type: "TOOL",
      start,
      end,
      parent,
      input,
      output,
      metadata: span("TOOL", {
        "tool.name": tool,
        "tool.call.id": call.id,
        ...ofAgent,
        ...(tool === "Bash" ? { "tool.command": input.command } : {}),
        ...(typeof input.file_path === "string" ? { "tool.file_path": input.file_path } : {}),
        ...(isFailed(call) ? { "error.message": resultText(call) } : {}),
      }),
      ...failureOf(call),
    });
    if (agent === null) return;
    const inner = trace.row({
      name: `Subagent: ${agent.type}`,
      type: "AGENT",
      start: agent.start,
      end: agent.end,
      parent: id,
      input: agent.prompt,
      output: agent.answer,
      metadata: span("AGENT", { "subagent.id": agent.id, "subagent.type": agent.type }),
    });
    addSteps(agent.steps, inner, agent.id);
  };
  addSteps(turn.steps, root, null);
  return finish();
}
