import { buildTrace, foreignSpan } from "./rows.ts";
import { callsOf, isFailed, resultText, type SessionCall, type SessionStep, type SessionTurn } from "./session.ts";
import type { JsonObject, LegacyTrace } from "../langfuse/store.ts";

const failureOf = (call: SessionCall): { readonly level?: "ERROR"; readonly statusMessage?: string } =>
  isFailed(call) ? { level: "ERROR", statusMessage: resultText(call) } : {};

/** The Claude Agent SDK (Python) through LangSmith's OpenTelemetry export: no session, values wrapped, errors flagged. */
export function langsmith(turn: SessionTurn, seed: string): LegacyTrace {
  const trace = buildTrace(seed);
  const span = (kind: string, more: JsonObject = {}): JsonObject =>
    foreignSpan("langsmith", { "langsmith.span.kind": kind, ...more });
  const blocksOf = (step: SessionStep): readonly JsonObject[] => [
    ...(step.text === "" ? [] : [{ type: "text", text: step.text }]),
    ...step.calls.map(({ id, tool, input }) => ({ type: "tool_use", id, name: tool, input })),
  ];
  const root = trace.row({
    name: "claude.conversation",
    type: "SPAN",
    start: turn.start,
    end: turn.end,
    input: { prompt: turn.prompt },
    output: turn.answer === "" ? null : { role: "assistant", content: [{ type: "text", text: turn.answer }] },
    metadata: span("chain", { "langsmith.metadata.ls_integration": "claude-agent-sdk" }),
  });
  const addSteps = (steps: readonly SessionStep[], parent: string): void => {
    for (const step of steps) {
      trace.row({
        name: "claude.assistant.turn",
        type: "GENERATION",
        start: step.start,
        end: step.calls[0]?.start ?? step.end,
        parent,
        output: { role: "assistant", content: blocksOf(step) },
        model: step.model,
        usage: step.usage,
        metadata: span("llm"),
      });
      for (const call of step.calls) {
        const { tool, start, end, agent } = call;
        const output = isFailed(call) ? { error: resultText(call) } : { output: call.output };
        const metadata = span("tool", { "langsmith.metadata.tool_use_id": call.id });
        const id = trace.row({
          name: tool,
          type: "TOOL",
          start,
          end,
          parent,
          input: { input: call.input },
          output,
          metadata,
          ...failureOf(call),
        });
        if (agent === null) continue;
        const marks = span("chain", {
          "langsmith.metadata.ls_agent_type": "subagent",
          "langsmith.metadata.agent_id": agent.id,
        });
        const inner = trace.row({
          name: agent.type,
          type: "SPAN",
          start: agent.start,
          end: agent.end,
          parent: id,
          input: { prompt: agent.prompt },
          output: { output: agent.answer },
          metadata: marks,
        });
        addSteps(agent.steps, inner);
      }
    }
  };
  addSteps(turn.steps, root);
  return trace.finish({
    name: "claude.conversation",
    start: turn.start,
    input: { prompt: turn.prompt },
    output: turn.answer,
  });
}

/** The Claude Agent SDK (Python) through OpenInference: the Agent call is an AGENT that holds what the subagent did. */
export function openinferencePython(turn: SessionTurn, seed: string): LegacyTrace {
  const trace = buildTrace(seed);
  const scope = "openinference.instrumentation.claude_agent_sdk";
  const texts = { input: turn.prompt, output: turn.answer === "" ? null : turn.answer };
  const root = trace.row({
    ...texts,
    name: "ClaudeAgentSDK.query",
    type: "AGENT",
    start: turn.start,
    end: turn.end,
    metadata: foreignSpan(scope, {
      "openinference.span.kind": "AGENT",
      "session.id": turn.sessionId,
      "llm.finish_reason": turn.isInterrupted ? "tool_use" : "end_turn",
    }),
  });
  const addCall = (call: SessionCall, parent: string): void => {
    const { tool, input, output, start, end, agent } = call;
    const isAgent = agent !== null;
    const id = trace.row({
      name: isAgent ? "ClaudeAgentSDK.Agent" : tool,
      type: isAgent ? "AGENT" : "TOOL",
      start,
      end,
      parent,
      input,
      output: isFailed(call) ? null : output,
      metadata: foreignSpan(scope, {
        "openinference.span.kind": isAgent ? "AGENT" : "TOOL",
        "tool.name": tool,
        "tool.parameters": input,
      }),
      ...(turn.isInterrupted && isFailed(call) ? { level: "ERROR", statusMessage: "Abandoned" } : failureOf(call)),
    });
    for (const inner of callsOf(agent?.steps ?? [])) addCall(inner, id);
  };
  for (const call of callsOf(turn.steps)) addCall(call, root);
  return trace.finish({ ...texts, name: "ClaudeAgentSDK.query", start: turn.start, sessionId: turn.sessionId });
}

/** Arize-ai/coding-harness-tracing: OpenInference over OTLP, one CHAIN a turn, `(failed)` when a request failed. */
export function arizeHarness(turn: SessionTurn, seed: string): LegacyTrace {
  const trace = buildTrace(seed);
  const isApiError = turn.answer.startsWith("API Error");
  const name = `Turn ${turn.number}${isApiError ? " (failed)" : ""}`;
  const span = (kind: string, more: JsonObject = {}): JsonObject =>
    foreignSpan("coding-harness-tracing", { "openinference.span.kind": kind, "session.id": turn.sessionId, ...more });
  const texts = { input: turn.prompt, output: turn.answer === "" ? null : turn.answer };
  const failure = isApiError ? { level: "ERROR" as const, statusMessage: turn.answer } : {};
  const root = trace.row({
    ...texts,
    ...failure,
    name,
    type: "CHAIN",
    start: turn.start,
    end: turn.end,
    metadata: span("CHAIN"),
  });
  const addCall = (call: SessionCall, parent: string, agentId: string | null): void => {
    const { tool, input, output, start, end, agent } = call;
    const details = {
      "tool.name": tool,
      "tool.call.id": call.id,
      ...(tool === "Bash" ? { "tool.command": input.command } : {}),
      ...(typeof input.file_path === "string" ? { "tool.file_path": input.file_path } : {}),
      ...(agentId === null ? {} : { "subagent.id": agentId }),
      ...(isFailed(call) ? { "error.message": resultText(call) } : {}),
    };
    trace.row({
      name: tool,
      type: "TOOL",
      start,
      end,
      parent,
      input,
      output: isFailed(call) ? null : output,
      metadata: span("TOOL", details),
      ...failureOf(call),
    });
    if (agent === null) return;
    const marks = span("AGENT", { "subagent.id": agent.id, "subagent.type": agent.type });
    const inner = trace.row({
      name: `Subagent: ${agent.type}`,
      type: "AGENT",
      start: agent.start,
      end: agent.end,
      parent,
      input: agent.prompt,
      output: agent.answer,
      metadata: marks,
    });
    for (const one of callsOf(agent.steps)) addCall(one, inner, agent.id);
  };
  for (const call of callsOf(turn.steps)) addCall(call, root, null);
  return trace.finish({ ...texts, name, start: turn.start, sessionId: turn.sessionId });
}
