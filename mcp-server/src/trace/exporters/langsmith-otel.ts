import { hasRow, type Shape } from "./exporter.ts";

/** The Claude Agent SDK through LangSmith's OpenTelemetry export: values wrapped as `{input}`, `{output}`, `{error}`. */
export const langsmithOtel: Shape = {
  id: "agent-sdk-langsmith-otel",
  recognises: (facts) => hasRow(facts, "SPAN claude.conversation") || hasRow(facts, "CHAIN claude.conversation"),
  atMost: {},
  flagsErrors: true,
  loses: [],
};
