import { hasRow, type Shape } from "./exporter.ts";

/** Langfuse's plugin for Claude Code: a turn is one trace, tools lie beside `LLM Call k`, errors stand in the text. */
export const officialPlugin: Shape = {
  id: "official-plugin",
  recognises: (facts) =>
    hasRow(facts, "SPAN Conversational Turn") ||
    hasRow(facts, "AGENT Claude Code Turn") ||
    hasRow(facts, "AGENT Claude Code Turn #"),
  atMost: {},
  flagsErrors: false,
  loses: [],
};
