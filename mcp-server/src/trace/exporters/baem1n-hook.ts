import type { Shape } from "./exporter.ts";

/** BAEM1N/claude-code-langfuse: texts and tools as one sequence, written at export time a few milliseconds apart. */
export const baem1nHook: Shape = {
  id: "baem1n-hook",
  recognises: ({ rowNames }) =>
    ["SPAN Text [#]", "SPAN Thinking [#]", "SPAN Claude Code - Turn # (incomplete)"].some((name) => rowNames.has(name)),
  atMost: { timing: "not_recorded", errors: "inferred", subagents: "partial", tasks: "partial" },
  flagsErrors: false,
  loses: ["exporter_loses_parallel_calls", "exporter_omits_subagent_calls"],
};
