import type { Shape } from "./exporter.ts";

/** LightspeedDMS/claude-pace-maker: each tool an instant without a root; each subagent is a trace of its own. */
export const paceMaker: Shape = {
  id: "pace-maker",
  recognises: ({ traceName }) => traceName !== null && /^(?:User prompt: |subagent:)/u.test(traceName),
  atMost: { timing: "partial", order: "partial", errors: "inferred", subagents: "partial" },
  flagsErrors: false,
  loses: ["exporter_omits_subagent_calls"],
};
