import { hasRow, type Shape } from "./exporter.ts";

/** Langfuse's plugin of May 2026: tools below `Claude Generation k`, parallel calls lost as in the docs' hook. */
export const officialPluginV0: Shape = {
  id: "official-plugin-v0",
  recognises: (facts) => hasRow(facts, "SPAN Claude Code - Turn #") && hasRow(facts, "GENERATION Claude Generation #"),
  atMost: { errors: "inferred", subagents: "partial", tasks: "partial" },
  flagsErrors: false,
  loses: ["exporter_loses_parallel_calls", "exporter_omits_subagent_calls"],
};
