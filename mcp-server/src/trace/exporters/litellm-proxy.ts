import type { Shape } from "./exporter.ts";

/**
 * A LiteLLM proxy between Claude Code and the API: one trace per request, its history the main agent's whole session.
 * Tools are read from the messages; how long they took is not recorded, and subagents ask in traces of their own.
 */
export const litellmProxy: Shape = {
  id: "litellm-proxy",
  recognises: ({ rowNames }) => [...rowNames].some((name) => name.startsWith("GENERATION litellm-")),
  atMost: { timing: "not_recorded", subagents: "partial" },
  flagsErrors: true,
  loses: ["exporter_omits_subagent_calls", "trace_is_one_request"],
};
