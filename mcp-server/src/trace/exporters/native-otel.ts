import { hasRow, type Shape } from "./exporter.ts";

/** Claude Code's own OpenTelemetry export. Calls refused before execution leave no row; inputs are never recorded. */
export const nativeOtel: Shape = {
  id: "native-otel",
  recognises: (facts) =>
    facts.scopes.has("com.anthropic.claude_code.tracing") ||
    hasRow(facts, "AGENT claude_code.interaction") ||
    hasRow(facts, "GENERATION claude_code.llm_request") ||
    hasRow(facts, "SPAN claude_code.interaction"),
  atMost: { targets: "partial", errors: "partial", tasks: "partial" },
  flagsErrors: true,
  loses: ["exporter_omits_rejected_calls"],
};
