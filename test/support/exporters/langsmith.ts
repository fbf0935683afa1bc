import { buildTrace, foreignSpan } from "./rows.ts";
import { isFailed, resultText, type SessionCall, type SessionStep, type SessionTurn } from "./session.ts";
import type { JsonObject, LegacyTrace } from "../langfuse/store.ts";

/** How LangSmith's Python SDK writes an answer, and how its traces show one that holds the conversation. */
type AnswerForm = (blocks: readonly JsonObject[]) => JsonObject;
const message: AnswerForm = (content) => ({ content, role: "assistant" });
const conversation: AnswerForm = (content) => ({ messages: [message(content)] });

/**
 * The Claude Agent SDK through LangSmith's OpenTelemetry export, from langsmith-sdk's source: the tools beside the
 * requests, failures by status without a message, no ids of calls, the session in the turn's metadata alone, and no row
 * of a call that was refused before it ran. The output of the turn and of each request is `{messages}`.
 */
export const langsmith = (turn: SessionTurn, seed: string): LegacyTrace => writeLangsmith(turn, seed, conversation);

/** The same as the Python SDK hands it over: one message of content blocks. */
export const langsmithPython = (turn: SessionTurn, seed: string): LegacyTrace => writeLangsmith(turn, seed, message);

function writeLangsmith(turn: SessionTurn, seed: string, toOutput: AnswerForm): LegacyTrace {
  const trace = buildTrace(seed);
  const span = (kind: string, operation: string, more: JsonObject = {}): JsonObject =>
    foreignSpan("langsmith", { "langsmith.span.kind": kind, "gen_ai.operation.name": operation, ...more });
  const blocksOf = (step: SessionStep): readonly JsonObject[] => [
    ...(step.text === "" ? [] : [{ type: "text", text: step.text }]),
    ...step.calls.map(({ id, tool, input }) => ({ type: "tool_use", id, name: tool, input })),
  ];
  const last = turn.steps.at(-1);
  const texts = {
    input: { prompt: turn.prompt },
    output: last === undefined ? null : toOutput(blocksOf(last)),
  };
  const root = trace.row({
    ...texts,
    name: "claude.conversation",
    type: "SPAN",
    start: turn.start,
    end: turn.end,
    metadata: span("chain", "chain", {
      "langsmith.metadata.ls_integration": "claude-agent-sdk",
      "langsmith.metadata.ls_agent_type": "root",
      "langsmith.metadata.session_id": turn.sessionId,
      "langsmith.metadata.thread_id": turn.sessionId,
    }),
  });
  const addSteps = (steps: readonly SessionStep[], parent: string): void => {
    for (const step of steps) {
      trace.row({
        name: "claude.assistant.turn",
        type: "GENERATION",
        start: step.start,
        end: step.calls[0]?.start ?? step.end,
        parent,
        input: { messages: [{ content: turn.prompt, role: "user" }] },
        output: toOutput(blocksOf(step)),
        model: step.model,
        usage: step.usage,
        metadata: span("llm", "chat", { "langsmith.metadata.ls_provider": "anthropic" }),
      });
      for (const call of step.calls) {
        const { tool, start, end, agent } = call;
        if (isFailed(call) && wasRefusedUnseen(call)) continue;
        const id = trace.row({
          name: tool,
          type: "TOOL",
          start,
          end,
          parent,
          input: { input: call.input },
          output: isFailed(call) ? { error: resultText(call) } : toResponse(call),
          metadata: span("tool", "execute_tool"),
          ...(isFailed(call) ? { level: "ERROR" } : {}),
        });
        if (agent === null) continue;
        const inner = trace.row({
          name: agent.type,
          type: "SPAN",
          start: agent.start,
          end: agent.end,
          parent: id,
          input: call.input,
          output: { content: [{ type: "text", text: agent.answer }] },
          metadata: span("chain", "chain", { "langsmith.metadata.ls_agent_type": "subagent" }),
        });
        addSteps(agent.steps, inner);
      }
    }
  };
  addSteps(turn.steps, root);
  return trace.finish({ ...texts, name: "claude.conversation", start: turn.start });
}

/** Claude Code looks at a call's input before its hooks do: what it refuses there no hook sees. */
const wasRefusedUnseen = (call: SessionCall): boolean => resultText(call).startsWith("<tool_use_error>");

/** A tool's answer as hooks get it: what a shell printed and what a file holds have fields of their own. */
function toResponse(call: SessionCall): unknown {
  const text = resultText(call);
  if (call.tool === "Bash") return { stdout: text, stderr: "", interrupted: false, isImage: false };
  if (call.tool === "Read") return { type: "text", file: { filePath: call.input.file_path, content: text } };
  return Array.isArray(call.output) ? { content: call.output } : { output: text };
}
