import { addTool, assistant, requested, turnMetadata, user } from "./hook-rows.ts";
import { buildTrace, pythonSdk } from "./rows.ts";
import { callsOf, lastCallsOnly, type SessionStep, type SessionTurn } from "./session.ts";
import type { LegacyTrace } from "../langfuse/store.ts";

/**
 * pdhoolia/langfuse-claude-code-plugin, as its hooks wrote a recorded transcript: over the old ingestion route: no root, every generation repeats the prompt, the
 * Agent call twice, subagents read back at the end, so that their tools start at export time and end before.
 */
export function pdhoolia(turn: SessionTurn, seed: string): LegacyTrace {
  const trace = buildTrace(seed);
  const exported = turn.end + 240;
  const addSteps = (
    steps: readonly SessionStep[],
    parent: string | null,
    prompt: string,
    toolStart: number | null,
  ): void => {
    steps.forEach((step, at) => {
      const generation = trace.row({
        name: steps.length > 1 ? `LLM Call ${at + 1}/${steps.length}` : "Claude Response",
        type: "GENERATION",
        start: step.start,
        end: step.calls[0]?.start ?? step.end,
        parent,
        input: user(prompt),
        output: { role: "assistant", text: step.text, ...requested(step) },
        model: step.model,
        usage: step.usage,
        metadata: {
          stop_reason: step.calls.length > 0 ? "tool_use" : "end_turn",
          timestamp: new Date(step.end).toISOString(),
          has_thinking: "false",
        },
      });
      step.calls.forEach((call, index) => {
        const { tool, id, input, output, agent } = call;
        const metadata = { tool_id: id, ...(agent === null ? {} : { agent_id: agent.id }) };
        const start = toolStart === null ? call.start : toolStart + at * 2 + index;
        trace.row({
          name: `Tool: ${tool}`,
          type: "SPAN",
          start,
          end: call.end,
          parent: generation,
          input,
          output,
          metadata,
        });
      });
    });
  };
  addSteps(turn.steps, null, turn.prompt, null);
  for (const { agent, input, output, start, end } of callsOf(turn.steps)) {
    if (agent === null) continue;
    const metadata = { agent_id: agent.id, agent_type: agent.type };
    trace.row({
      name: `Tool: Agent (${agent.type})`,
      type: "SPAN",
      start,
      end,
      input,
      output: { content: output },
      metadata,
    });
    const span = trace.row({
      name: `${agent.type} Subagent`,
      type: "SPAN",
      start: exported,
      end: exported + 4,
      metadata: { ...metadata, turns: 1 },
    });
    const texts = { input: user(agent.prompt), output: assistant(agent.answer) };
    const inner = trace.row({
      ...texts,
      name: "Subagent Turn 1",
      type: "SPAN",
      start: exported,
      end: exported + 3,
      parent: span,
      metadata: { turn_number: 1 },
    });
    addSteps(agent.steps, inner, agent.prompt, exported);
  }
  const metadata = { source: "claude-code", turn_number: turn.number, transcript: `${turn.sessionId}.jsonl` };
  return trace.finish({
    name: `Claude Code - Turn ${turn.number}`,
    start: turn.start,
    sessionId: turn.sessionId,
    tags: turn.isInterrupted ? ["claude-code", "interrupted"] : ["claude-code"],
    input: user(turn.prompt),
    output: assistant(turn.answer),
    metadata: turn.isInterrupted
      ? { ...metadata, is_complete: false, interrupted: true, error: "User interrupt" }
      : { ...metadata, is_complete: true },
  });
}

/**
 * BAEM1N/claude-code-langfuse, from its source: text and tools as one sequence written 2 ms apart, of parallel calls only
 * the last, and two rows `Hook Tool [n]: unknown` for each call that its other hooks saw.
 */
export function baem1n(turn: SessionTurn, seed: string): LegacyTrace {
  const trace = buildTrace(seed);
  const name = `Claude Code - Turn ${turn.number}`;
  let clock = turn.end + 300;
  const next = (): { readonly start: number; readonly end: number } => {
    clock += 2;
    return { start: clock, end: clock };
  };
  const steps = lastCallsOnly(turn.steps);
  const said = steps.map(({ text }) => text).filter((text) => text !== "");
  const texts = { input: user(turn.prompt), output: assistant(said.join("\n")) };
  const metadata = {
    ...turnMetadata(turn),
    product: "claude-code",
    transcript_path: `/home/dev/.claude/projects/${turn.cwd.replaceAll(/[^a-zA-Z0-9]/gu, "-")}/${turn.sessionId}.jsonl`,
    cwd: turn.cwd,
    hostname: "devbox",
    hook_event: "Stop",
    stop_reason: turn.isInterrupted ? "tool_use" : "end_turn",
    ...pythonSdk,
  };
  const started = clock;
  const parent = trace.row({
    ...texts,
    name,
    type: "SPAN",
    start: started,
    end: started + 2 * (2 + said.length + 3 * callsOf(turn.steps).length),
    metadata,
  });
  trace.row({
    ...next(),
    name: "System Prompt",
    type: "SPAN",
    parent,
    input: { role: "system" },
    output: { role: "system", content: "You are Claude Code." },
    metadata: pythonSdk,
  });
  trace.row({
    ...next(),
    ...texts,
    name: "Claude Response",
    type: "GENERATION",
    parent,
    model: steps[0]?.model ?? "",
    metadata: { stop_reason: metadata.stop_reason, ...pythonSdk },
  });
  let text = 0;
  for (const step of steps) {
    if (step.text !== "") {
      text += 1;
      trace.row({
        ...next(),
        name: `Text [${text}]`,
        type: "SPAN",
        parent,
        output: step.text,
        metadata: { type: "text", ...pythonSdk },
      });
    }
    for (const call of step.calls) addTool(trace, { ...call, ...next() }, parent, pythonSdk);
  }
  callsOf(turn.steps).forEach((_call, at) => {
    for (const [half, event] of ["PreToolUse", "PostToolUse"].entries()) {
      trace.row({
        ...next(),
        name: `Hook Tool [${2 * at + half + 1}]: unknown`,
        type: "TOOL",
        parent,
        input: "",
        metadata: { source: "claude-code-hook", event, tool_name: "unknown", ...pythonSdk },
      });
    }
  });
  return trace.finish({
    ...texts,
    name,
    start: started,
    sessionId: turn.sessionId,
    tags: ["claude-code", "devbox"],
    metadata,
  });
}
