import { hasAll, hasAny, type Exporter } from "./exporter.ts";

/**
 * Every exporter that is known by name, one entry each; the first that recognises a trace wins. All that is known of an
 * exporter is here, which makes the file long, but for names of rows that mean the same whoever wrote them (call/row-names.ts).
 */
export const EXPORTERS: readonly Exporter[] = [
  // Claude Code's own transcript (see trace/transcript): every call with its flag, its times and its subagent.
  {
    id: "transcript",
    recognises: ({ scopes }) => scopes.has("claude-code-transcript"),
    traces: [],
    turns: [],
    rows: [],
    atMost: {},
    flagsErrors: true,
    loses: [],
  },
  // Claude Code's own OpenTelemetry export. Calls refused before execution leave no row; inputs are never recorded.
  {
    id: "native-otel",
    recognises: (facts) =>
      facts.scopes.has("com.anthropic.claude_code.tracing") ||
      hasAny(
        facts,
        "AGENT claude_code.interaction",
        "GENERATION claude_code.llm_request",
        "SPAN claude_code.interaction",
      ),
    traces: ["claude_code*"],
    turns: ["claude_code.interaction"],
    rows: ["claude_code.*"],
    atMost: { targets: "partial", errors: "partial", tasks: "partial" },
    flagsErrors: true,
    loses: ["exporter_omits_rejected_calls"],
    showsPrompts: "OTEL_LOG_USER_PROMPTS=1",
  },
  // Langfuse's plugin for Claude Code: a turn is one trace, tools lie beside `LLM Call k`, errors stand in the text.
  {
    id: "official-plugin",
    recognises: (facts) =>
      hasAny(facts, "SPAN Conversational Turn", "AGENT Claude Code Turn", "AGENT Claude Code Turn #"),
    traces: ["Claude Code*"],
    turns: ["Conversational Turn", "Claude Code Turn"],
    rows: ["Claude Code*", "LLM Call #*"],
    atMost: {},
    flagsErrors: false,
    loses: [],
  },
  // Langfuse's plugin of May 2026: tools below `Claude Generation k`, parallel calls lost as in the docs' hook.
  {
    id: "official-plugin-v0",
    recognises: (facts) => hasAll(facts, "SPAN Claude Code - Turn #", "GENERATION Claude Generation #"),
    traces: ["Claude Code - Turn #"],
    turns: ["Claude Code - Turn #"],
    rows: ["Claude Generation**"],
    atMost: { errors: "inferred", subagents: "partial", tasks: "partial" },
    flagsErrors: false,
    loses: ["exporter_loses_parallel_calls", "exporter_omits_subagent_calls"],
    isKnownFromSource: true,
  },
  // pdhoolia/langfuse-claude-code-plugin: no root, `LLM Call i/n` on top with its tools as SPANs below; a turn of one
  // request is that request's row alone.
  {
    id: "pdhoolia-plugin",
    recognises: (facts) =>
      hasAny(facts, "GENERATION LLM Call #/#") ||
      (facts.rowNames.size === 1 && hasAny(facts, "GENERATION Claude Response")),
    traces: ["Claude Code - Turn #", "Turn #"],
    turns: [],
    rows: ["LLM Call #/#"],
    atMost: { errors: "inferred" },
    flagsErrors: false,
    loses: [],
  },
  // BAEM1N/claude-code-langfuse: texts and tools as one sequence, written at export time a few milliseconds apart.
  {
    id: "baem1n-hook",
    recognises: (facts) =>
      hasAny(facts, "SPAN Text [#]", "SPAN Thinking [#]", "SPAN Claude Code - Turn # (incomplete)") ||
      hasAll(facts, "SPAN Claude Code - Turn #", "SPAN System Prompt"),
    traces: ["Claude Code - Turn #*"],
    turns: ["Claude Code - Turn #*"],
    rows: ["Claude Response**"],
    atMost: { timing: "not_recorded", errors: "inferred", subagents: "partial", tasks: "partial" },
    flagsErrors: false,
    loses: ["exporter_loses_parallel_calls", "exporter_omits_subagent_calls"],
    isKnownFromSource: true,
  },
  // The Stop hook of Langfuse's documentation: written at one instant, and of parallel calls only the last is kept.
  {
    id: "docs-hook",
    recognises: (facts) => hasAll(facts, "SPAN Claude Code - Turn #", "GENERATION Claude Response"),
    traces: ["Claude Code - Turn #"],
    turns: ["Claude Code - Turn #"],
    rows: ["Claude Response**"],
    atMost: {
      timing: "not_recorded",
      order: "not_recorded",
      errors: "inferred",
      subagents: "partial",
      tasks: "partial",
    },
    flagsErrors: false,
    loses: ["exporter_loses_parallel_calls", "exporter_omits_subagent_calls"],
  },
  // elct9620/cc-langfuse: the turn twice (SPAN and AGENT), generations named by their model, levels on failed tools. Its
  // folder stands on the trace alone, which `v2/observations` does not show.
  {
    id: "cc-langfuse",
    recognises: (facts) => hasAll(facts, "SPAN Turn #", "AGENT Turn #"),
    traces: ["Turn #"],
    turns: [],
    rows: [],
    atMost: { subagents: "partial" },
    flagsErrors: true,
    loses: ["exporter_omits_subagent_calls", "project_not_recorded"],
  },
  // doneyli/claude-code-langfuse-template: tools as SPAN, everything within a few milliseconds.
  {
    id: "doneyli-template",
    recognises: (facts) => hasAll(facts, "SPAN Turn #", "GENERATION Claude Response"),
    traces: ["Turn #"],
    turns: [],
    rows: ["Claude Response**"],
    atMost: { timing: "not_recorded", order: "not_recorded", errors: "inferred", subagents: "partial" },
    flagsErrors: false,
    loses: ["exporter_omits_subagent_calls"],
  },
  // Arize-ai/coding-harness-tracing: OpenInference over OTLP, `LLM call k: <model>` below one `Turn N`, its tools below it
  // and `Subagent: <type>` below the Agent call. A failed turn is one row.
  {
    id: "arize-harness",
    recognises: (facts) =>
      facts.scopes.has("arize-claude-plugin") ||
      hasAny(facts, "CHAIN Turn #", "GENERATION Turn #", "CHAIN Turn # (failed)", "GENERATION Turn # (failed)"),
    traces: ["Turn #", "Turn # (*)"],
    turns: [],
    rows: [],
    atMost: {},
    flagsErrors: true,
    loses: ["exporter_omits_calls_of_failed_turns"],
    isKnownFromSource: true,
    showsPrompts: "ARIZE_LOG_PROMPTS=true",
  },
  // The Claude Agent SDK for Python through OpenInference: as the next, and a subagent is a span below its Agent call.
  {
    id: "agent-sdk-openinference-python",
    recognises: (facts) =>
      hasAny(facts, "AGENT ClaudeAgentSDK.query", "AGENT ClaudeAgentSDK.ClaudeSDKClient.receive_response"),
    traces: ["ClaudeAgentSDK.query", "ClaudeAgentSDK.ClaudeSDKClient.receive_response"],
    turns: ["ClaudeAgentSDK.query", "ClaudeAgentSDK.ClaudeSDKClient.receive_response"],
    rows: [],
    atMost: {},
    flagsErrors: true,
    loses: [],
    isKnownFromSource: true,
  },
  // The Claude Agent SDK for JavaScript through OpenInference: tools flat below the query, no generations.
  {
    id: "agent-sdk-openinference",
    recognises: (facts) =>
      hasAny(facts, "AGENT ClaudeAgent.query") || [...facts.scopes].some((scope) => scope.includes("openinference")),
    traces: ["ClaudeAgent.query"],
    turns: ["ClaudeAgent.query"],
    rows: [],
    atMost: {},
    flagsErrors: true,
    loses: [],
  },
  // The Claude Agent SDK through LangSmith's OpenTelemetry export: tools from hooks, so that a call that was refused before
  // it ran has no row; inputs wrapped as `{input}`, errors as `{error}`.
  {
    id: "agent-sdk-langsmith-otel",
    recognises: (facts) => hasAny(facts, "SPAN claude.conversation", "CHAIN claude.conversation"),
    traces: ["claude.conversation*"],
    turns: ["claude.conversation"],
    rows: ["claude.assistant.turn"],
    atMost: { errors: "partial" },
    flagsErrors: true,
    loses: ["exporter_omits_rejected_calls"],
    isKnownFromSource: true,
  },
  // A LiteLLM proxy between Claude Code and the API: one trace per request, its history the main agent's whole session.
  // Tools are read from the messages; how long they took is not recorded, and subagents ask in traces of their own.
  {
    id: "litellm-proxy",
    recognises: ({ rowNames }) => [...rowNames].some((name) => /^GENERATION litellm[-:]/u.test(name)),
    traces: ["litellm-anthropic_messages**"],
    turns: [],
    rows: [],
    atMost: { timing: "not_recorded", subagents: "partial" },
    flagsErrors: true,
    loses: ["exporter_omits_subagent_calls", "trace_is_one_request"],
    isKnownFromSource: true,
  },
  // LightspeedDMS/claude-pace-maker: each tool an instant without a root; each subagent is a trace of its own. Its folder
  // stands on the trace alone too.
  {
    id: "pace-maker",
    recognises: ({ traceName }) => traceName !== null && /^(?:User prompt: |subagent:)/u.test(traceName),
    traces: ["User prompt:*", "subagent:*"],
    turns: [],
    rows: [],
    atMost: { timing: "partial", order: "partial", errors: "inferred", subagents: "partial" },
    flagsErrors: false,
    loses: ["exporter_omits_subagent_calls", "project_not_recorded"],
    isKnownFromSource: true,
  },
];

/**
 * An exporter nobody described: what its rows show is told, and errors and subagents are never taken for complete. Its
 * names are those of exporters that are seen in lists.
 */
export const UNKNOWN: Exporter = {
  id: "unknown",
  recognises: () => true,
  traces: [
    "claude.code*",
    "claude_code_session**",
    "claude.code_session*",
    "claude_conversation*",
    "claude_interaction**",
    "claude.interaction*",
  ],
  turns: ["claude_interaction", "claude_code_session"],
  rows: [],
  atMost: { errors: "inferred", subagents: "partial", tasks: "partial" },
  flagsErrors: false,
  loses: ["unknown_exporter"],
};
