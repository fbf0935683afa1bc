import { hasRow, type Shape } from "./exporter.ts";

/** elct9620/cc-langfuse: the turn twice (SPAN and AGENT), generations named by their model, levels on failed tools. */
export const ccLangfuse: Shape = {
  id: "cc-langfuse",
  recognises: (facts) => hasRow(facts, "SPAN Turn #") && hasRow(facts, "AGENT Turn #"),
  atMost: { subagents: "partial" },
  flagsErrors: true,
  loses: ["exporter_omits_subagent_calls"],
};
