import { hasRow, type Shape } from "./exporter.ts";

/** Arize-ai/coding-harness-tracing: OpenInference over OTLP, tools and `Subagent: <type>` below one `Turn N`. */
export const arizeHarness: Shape = {
  id: "arize-harness",
  recognises: (facts) =>
    facts.scopes.has("coding-harness-tracing") ||
    hasRow(facts, "CHAIN Turn #") ||
    hasRow(facts, "CHAIN Turn # (failed)"),
  atMost: {},
  flagsErrors: true,
  loses: [],
};
