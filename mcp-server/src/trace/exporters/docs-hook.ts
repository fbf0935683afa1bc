import { hasRow, type Shape } from "./exporter.ts";

/** The Stop hook of Langfuse's documentation: written at one instant, and of parallel calls only the last is kept. */
export const docsHook: Shape = {
  id: "docs-hook",
  recognises: (facts) => hasRow(facts, "SPAN Claude Code - Turn #") && hasRow(facts, "GENERATION Claude Response"),
  atMost: { timing: "not_recorded", order: "not_recorded", errors: "inferred", subagents: "partial", tasks: "partial" },
  flagsErrors: false,
  loses: ["exporter_loses_parallel_calls", "exporter_omits_subagent_calls"],
};
