import { hasRow, type Shape } from "./exporter.ts";

/** The Claude Agent SDK through OpenInference: tools flat below the query, no generations. */
export const agentSdkOpeninference: Shape = {
  id: "agent-sdk-openinference",
  recognises: (facts) =>
    hasRow(facts, "AGENT ClaudeAgent.query") ||
    hasRow(facts, "AGENT ClaudeAgentSDK.query") ||
    [...facts.scopes].some((scope) => scope.includes("openinference")),
  atMost: {},
  flagsErrors: true,
  loses: [],
};
