import { hasRow, type Shape } from "./exporter.ts";

/** pdhoolia/langfuse-claude-code-plugin: no root, `LLM Call i/n` on top with its tools as SPANs below. */
export const pdhooliaPlugin: Shape = {
  id: "pdhoolia-plugin",
  recognises: (facts) => hasRow(facts, "GENERATION LLM Call #/#"),
  atMost: { errors: "inferred" },
  flagsErrors: false,
  loses: [],
};
