import { addTool, assistant, requested, turnMetadata, user } from "./hook-rows.ts";
import { buildTrace, nodeSdk, pythonSdk } from "./rows.ts";
import { lastCallsOnly, type SessionStep, type SessionTurn } from "./session.ts";
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

/** The branch `typescript-rewrite` of Langfuse's plugin: AGENT roots, tools nested, metadata keys below `claude.`. */
export function officialPluginV2(turn: SessionTurn, seed: string): LegacyTrace {
  const trace = buildTrace(seed);
  const name = "Claude Code Turn";
  const texts = { input: user(turn.prompt), output: assistant(turn.answer) };
  const metadata = {
    "claude.session_id": turn.sessionId,
    "claude.turn_number": turn.number,
    "claude.cwd": turn.cwd,
    ...nodeSdk,
  };
  const root = trace.row({ ...texts, name, type: "AGENT", start: turn.start, end: turn.end, metadata });
  const addSteps = (steps: readonly SessionStep[], parent: string, prompt: string): void => {
    steps.forEach((step, at) => {
      const generation = trace.row({
        name: "Claude Generation",
        type: "GENERATION",
        start: step.start,
        end: step.end,
        parent,
        input: at === 0 ? user(prompt) : null,
        output: { role: "assistant", content: step.text, ...requested(step) },
        model: step.model,
        usage: step.usage,
        metadata: { "claude.tool_count": step.calls.length, ...nodeSdk },
      });
      for (const call of step.calls) {
        const tool = addTool(trace, call, generation, nodeSdk, "claude.");
        const { agent } = call;
        if (agent === null) continue;
        const span = trace.row({
          name: `Subagent: ${agent.type}`,
          type: "AGENT",
          start: agent.start,
          end: agent.end,
          parent: tool,
          input: user(agent.prompt),
          output: assistant(agent.answer),
          metadata: { "claude.agent_type": agent.type, "claude.agent_id": agent.id, ...nodeSdk },
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
    metadata,
  });
}
