import type { Shape } from "./exporter.ts";

/** Claude Code's own transcript (see trace/transcript): every call with its flag, its times and its subagent. */
export const transcript: Shape = {
  id: "transcript",
  recognises: ({ scopes }) => scopes.has("claude-code-transcript"),
  atMost: {},
  flagsErrors: true,
  loses: [],
};
