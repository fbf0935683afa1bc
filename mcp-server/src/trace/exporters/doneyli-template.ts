import { hasRow, type Shape } from "./exporter.ts";

/** doneyli/claude-code-langfuse-template: tools as SPAN, everything within a few milliseconds. */
export const doneyliTemplate: Shape = {
  id: "doneyli-template",
  recognises: (facts) => hasRow(facts, "SPAN Turn #") && hasRow(facts, "GENERATION Claude Response"),
  atMost: { timing: "not_recorded", order: "not_recorded", errors: "inferred", subagents: "partial" },
  flagsErrors: false,
  loses: ["exporter_omits_subagent_calls"],
};
