import { buildTrace, digest, type TraceBuilder } from "./rows.ts";
import { callsOf, resultText, type SessionStep, type SessionTurn } from "./session.ts";
import type { LegacyTrace } from "../langfuse/store.ts";

/**
 * LightspeedDMS/claude-pace-maker, from its source: over the old ingestion route: no root, each tool an instant, the turn's texts on the
 * trace object alone. The first trace is the turn's, the others are its subagents', each a trace of its own.
 */
export function paceMaker(turn: SessionTurn, seed: string): readonly LegacyTrace[] {
  const trace = buildTrace(seed, `${turn.sessionId}-turn-${digest(seed, 8)}`);
  addInstants(trace, turn.steps);
  if (!turn.isInterrupted) addUsage(trace, turn.end, turn.steps);
  const project = {
    project_path: turn.cwd,
    project_name: turn.cwd.split("/").at(-1),
    git_remote: null,
    git_branch: "main",
    model: turn.steps[0]?.model,
  };
  const shared = { sessionId: turn.sessionId, userId: "dev@example.com" };
  const main = trace.finish({
    ...shared,
    name: `User prompt: ${turn.prompt.length > 87 ? `${turn.prompt.slice(0, 84)}...` : turn.prompt}`,
    start: turn.start,
    input: turn.prompt,
    // The output is added at Stop, which does not run after an interruption.
    output: turn.isInterrupted ? null : turn.answer,
    metadata: project,
  });
  const agents = callsOf(turn.steps).flatMap(({ agent }) => (agent === null ? [] : [agent]));
  return [
    main,
    ...agents.map((agent) => {
      const own = buildTrace(`${seed} ${agent.id}`, `${turn.sessionId}-subagent-${agent.type}-${digest(agent.id, 8)}`);
      addInstants(own, agent.steps);
      addUsage(own, agent.end, agent.steps);
      return own.finish({
        ...shared,
        name: `subagent:${agent.type}`,
        start: agent.start,
        input: agent.prompt,
        output: agent.answer,
        metadata: project,
      });
    }),
  ];
}

/** The turn's tokens, written at Stop as a generation without texts that never ends. */
function addUsage(trace: TraceBuilder, start: number, steps: readonly SessionStep[]): void {
  const sum = (key: string): number => steps.reduce((total, { usage }) => total + Number(usage[key] ?? 0), 0);
  trace.row({
    id: `${trace.id}-gen-${digest(String(start), 8)}`,
    name: "claude-code-generation",
    type: "GENERATION",
    start,
    end: null,
    model: steps[0]?.model ?? "",
    usage: { input: sum("input"), output: sum("output") },
  });
}

function addInstants(trace: TraceBuilder, steps: readonly SessionStep[]): void {
  for (const step of steps) {
    if (step.text !== "") {
      const said = step.calls[0]?.start ?? step.end;
      trace.row({
        id: `${trace.id}-text-${said}`,
        name: "Assistant Response",
        type: "SPAN",
        start: said,
        end: said,
        output: step.text,
        metadata: { type: "text" },
      });
    }
    for (const { id, tool, start, input, ...call } of step.calls) {
      const output = resultText({ id, tool, start, input, ...call });
      const row = `${trace.id}-span-${tool.toLowerCase()}-${digest(id, 8)}`;
      trace.row({
        id: row,
        name: `Tool - ${tool}`,
        type: "SPAN",
        start,
        end: start,
        input,
        output,
        metadata: { source: "post_tool_use_hook", tool },
      });
    }
  }
}
