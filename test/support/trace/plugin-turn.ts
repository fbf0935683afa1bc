import { buildTrace } from "../exporters/rows.ts";
import type { LegacyTrace } from "../langfuse/store.ts";

export type PluginCall = {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly output: unknown;
};

/** A turn as Langfuse's plugin of July 2026 writes it, where only its text tells that a call failed; it ended long ago. */
export function pluginTurn(id: string, prompt: string, calls: readonly PluginCall[] = []): LegacyTrace {
  const start = Date.now() - 3_600_000;
  const trace = buildTrace(id, id);
  const at = (step: number): number => start + step * 1000;
  const input = { role: "user", content: prompt };
  const output = { role: "assistant", content: "Done." };
  const last = calls.length + 1;
  const parent = trace.row({ name: "Conversational Turn", type: "SPAN", start, end: at(last + 1), input, output });
  calls.forEach(({ name, input: given, output: told }, step) => {
    const asked = { role: "assistant", content: "", tool_calls: [{ id: `call-${step}`, name }] };
    trace.row({
      name: `LLM Call ${step + 1}`,
      type: "GENERATION",
      parent,
      output: asked,
      start: at(step + 0.2),
      end: at(step + 0.5),
    });
    trace.row({
      name: `Tool: ${name}`,
      type: "TOOL",
      parent,
      input: given,
      output: told,
      start: at(step + 0.6),
      end: at(step + 0.9),
      metadata: { tool_name: name, tool_id: `call-${step}` },
    });
  });
  trace.row({ name: `LLM Call ${last}`, type: "GENERATION", parent, output, start: at(last), end: at(last + 0.5) });
  return trace.finish({ name: "Claude Code - Turn 1", start, input, output, tags: ["claude-code"], sessionId: id });
}
