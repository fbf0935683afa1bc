import { addTool, assistant, requested, turnMetadata, user } from "./hook-rows.ts";
import { buildTrace, nodeSdk, pythonSdk } from "./rows.ts";
import { lastCallsOnly, resultText, type SessionStep, type SessionTurn } from "./session.ts";
import type { LegacyTrace } from "../langfuse/store.ts";

/** Langfuse's plugin of May 2026: tools below their generation, of parallel calls only the last, no subagents. */
export function officialPluginV0(turn: SessionTurn, seed: string): LegacyTrace {
  const trace = buildTrace(seed);
  const name = `Claude Code - Turn ${turn.number}`;
  const texts = { input: user(turn.prompt), output: assistant(turn.answer) };
  const metadata = turnMetadata(turn);
  const root = trace.row({
    ...texts,
    name,
    type: "SPAN",
    start: turn.start,
    end: turn.end,
    metadata: { ...metadata, ...pythonSdk },
  });
  lastCallsOnly(turn.steps).forEach((step, at) => {
    const parent = trace.row({
      name: `Claude Generation ${at + 1}`,
      type: "GENERATION",
      start: step.start,
      end: step.end,
      parent: root,
      input: at === 0 ? user(turn.prompt) : null,
      output: { role: "assistant", content: step.text, ...requested(step) },
      model: step.model,
      usage: step.usage,
      metadata: { tool_count: step.calls.length, ...pythonSdk },
    });
    for (const call of step.calls) addTool(trace, call, parent, pythonSdk);
  });
  return trace.finish({
    ...texts,
    name,
    start: turn.start,
    sessionId: turn.sessionId,
    tags: ["claude-code"],
    metadata: { ...metadata, ...pythonSdk },
  });
}

/**
 * The branch `typescript-rewrite` of Langfuse's plugin, as its bundle wrote a recorded transcript: AGENT roots, tools below
 * their request, a subagent below its Agent call, metadata keys below `claude.`.
 */
export function officialPluginV2(turn: SessionTurn, seed: string): LegacyTrace {
  const trace = buildTrace(seed);
  const name = "Claude Code Turn";
  const texts = { input: user(turn.prompt), output: turn.answer === "" ? null : assistant(turn.answer) };
  const root = trace.row({
    ...texts,
    name,
    type: "AGENT",
    start: turn.start,
    end: turn.end,
    metadata: {
      "claude.source": "claude-code",
      "claude.turn_number": turn.number,
      "claude.transcript_path": `/home/dev/.claude/projects/${turn.cwd.replaceAll(/[^a-zA-Z0-9]/gu, "-")}/${turn.sessionId}.jsonl`,
      "claude.assistant_message_count": turn.steps.length,
      "claude.cwd": turn.cwd,
      "claude.git_branch": "main",
      ...nodeSdk,
    },
  });
  const addSteps = (steps: readonly SessionStep[], parent: string, prompt: string): void => {
    steps.forEach((step, at) => {
      const before = steps[at - 1]?.calls.map((call) => ({
        tool_use_id: call.id,
        tool_name: call.tool,
        output: resultText(call),
      }));
      const said = step.text === "" ? {} : { content: step.text };
      const asked =
        step.calls.length === 0
          ? {}
          : { tool_calls: step.calls.map(({ id, tool, input }) => ({ id, name: tool, input })) };
      const generation = trace.row({
        name: "Claude Generation",
        type: "GENERATION",
        start: step.start,
        end: step.end,
        parent,
        input: at === 0 ? user(prompt) : { role: "tool", tool_results: before },
        output: { role: "assistant", ...said, ...asked },
        model: step.model,
        usage: step.usage,
        metadata: { "claude.step_index": at, "claude.tool_count": step.calls.length, ...nodeSdk },
      });
      for (const call of step.calls) {
        const { tool, input, start, end, agent } = call;
        const row = trace.row({
          name: `Tool: ${tool}`,
          type: "TOOL",
          start,
          end,
          parent: generation,
          input,
          output: resultText(call),
          metadata: { "claude.tool_id": call.id, "claude.tool_name": tool, ...nodeSdk },
        });
        if (agent === null) continue;
        const span = trace.row({
          name: `Subagent: ${agent.type}`,
          type: "AGENT",
          start: agent.start,
          end: agent.end,
          parent: row,
          input: user(agent.prompt),
          output: assistant(agent.answer),
          metadata: {
            "claude.subagent_type": agent.type,
            "claude.subagent_description": agent.description,
            "claude.spawning_tool_id": call.id,
            ...nodeSdk,
          },
        });
        addSteps(agent.steps, span, agent.prompt);
      }
    });
  };
  addSteps(turn.steps, root, turn.prompt);
  return trace.finish({
    ...texts,
    name,
    start: turn.start,
    sessionId: turn.sessionId,
    tags: ["claude-code"],
  });
}
