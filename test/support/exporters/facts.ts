/** What the summary of a trace has to say, whatever the code computes: written down by whoever scripted the runs. */
export interface Facts {
  readonly goal: string | null;
  readonly isHuman: boolean;
  readonly tools: Readonly<Record<string, number>>;
  /** null where the exporter leaves the calls of subagents out */
  readonly subagentCalls: number | null;
  readonly subagents: readonly string[];
  readonly tasks: number | null;
  readonly areTaskStatesVisible: boolean;
  readonly outcome: "success" | "partial_success" | "failure" | "unknown";
  readonly completed: boolean;
  /** "tool kind" to count; "-" where no tool row shows the failure */
  readonly errors: Readonly<Record<string, number>>;
  /** patterns that have to be there, and those that are true but a matter of taste */
  readonly must: readonly string[];
  readonly may: readonly string[];
  /** goal, timing, order, targets, errors, subagents, tasks: R recorded, I inferred, P partial, - not recorded; a dot for any */
  readonly coverage: string;
  /** milliseconds between which the turn's length lies; null where the exporter records no times */
  readonly duration: readonly [least: number, most: number] | null;
  /** of constructed traces */
  readonly session: string | null;
}

/** One exporter, under the name of its folder in test/fixtures/traces. */
export interface Exporter {
  /** as people look it up */
  readonly name: string;
  /** the fixture that shows what it records: the run of 20 tool calls */
  readonly shown: string;
  /** what its traces support at best, in the letters of `Facts` */
  readonly coverage: string;
  /** what its traces show otherwise, in every scenario */
  readonly always?: Partial<Facts>;
  /** whether its traces are constructed from what its code does (test/fixtures/README.md) */
  readonly isConstructed?: true;
}

const blind = { subagentCalls: null } as const;
const timeless = { duration: null } as const;

/** Every exporter, in the order of docs/compatibility.md. */
export const EXPORTERS: Readonly<Record<string, Exporter>> = {
  "native-otel": { name: "Claude Code's own OpenTelemetry", shown: "rich-default", coverage: "RRR.PR." },
  "docs-hook": {
    name: "Stop hook of Langfuse's documentation",
    shown: "rich-default",
    coverage: "R--RIPP",
    always: blind,
  },
  "official-plugin-v0": {
    name: "Langfuse's plugin, May 2026",
    shown: "rich",
    coverage: "RRRRIPP",
    always: blind,
    isConstructed: true,
  },
  "official-plugin-v1": {
    name: "Langfuse's plugin, transcripts of CLI 2.1.330",
    shown: "rich-default",
    coverage: "R.RRIR.",
  },
  "official-plugin-v1-cleantranscript": {
    name: "Langfuse's plugin, transcripts of older CLIs",
    shown: "rich-default",
    coverage: "RRRRIRR",
  },
  "official-plugin-pr84-levels": {
    name: "Langfuse's plugin with levels (PR #84)",
    shown: "rich-default",
    coverage: "RRRRRRR",
  },
  "official-plugin-v2": {
    name: "Langfuse's plugin, branch `typescript-rewrite`",
    shown: "rich",
    coverage: "RRRRIRR",
    isConstructed: true,
  },
  "cc-langfuse": { name: "elct9620/cc-langfuse", shown: "rich-default", coverage: "RRRRRPR", always: blind },
  "pdhoolia-plugin": {
    name: "pdhoolia/langfuse-claude-code-plugin",
    shown: "rich",
    coverage: "RRRRIRR",
    isConstructed: true,
  },
  "doneyli-template": {
    name: "doneyli/claude-code-langfuse-template",
    shown: "rich-default",
    coverage: "R--RIPR",
    always: blind,
  },
  "baem1n-hook": {
    name: "BAEM1N/claude-code-langfuse",
    shown: "rich",
    coverage: "R-RRIPP",
    always: { ...blind, ...timeless },
    isConstructed: true,
  },
  "pace-maker": {
    name: "LightspeedDMS/claude-pace-maker",
    shown: "rich",
    coverage: "RPPRIPR",
    always: blind,
    isConstructed: true,
  },
  "arize-harness": { name: "Arize-ai/coding-harness-tracing", shown: "rich", coverage: "RRRRRRR", isConstructed: true },
  "agent-sdk-openinference": { name: "Agent SDK with OpenInference (JavaScript)", shown: "rich", coverage: "RRRRRIR" },
  "agent-sdk-openinference-python": {
    name: "Agent SDK with OpenInference (Python)",
    shown: "rich",
    coverage: "RRRRRRR",
    isConstructed: true,
  },
  "agent-sdk-langsmith-otel": {
    name: "Agent SDK with LangSmith over OpenTelemetry",
    shown: "rich",
    coverage: "RRRRPRR",
    isConstructed: true,
  },
  "agent-sdk-langsmith-otel-python": {
    name: "the same, as LangSmith's Python SDK writes answers",
    shown: "rich",
    coverage: "RRRRPRR",
    isConstructed: true,
  },
  "litellm-proxy": {
    name: "LiteLLM proxy",
    shown: "rich",
    coverage: "R-RRRPR",
    always: { ...blind, ...timeless },
    isConstructed: true,
  },
};

const fix = "Fix the failing test: divide(1, 0) must throw an error mentioning zero. Keep the public API unchanged.";

const quiet = {
  goal: fix,
  isHuman: true,
  tools: {},
  subagentCalls: 0,
  subagents: [],
  tasks: 0,
  areTaskStatesVisible: true,
  outcome: "success",
  completed: true,
  errors: {},
  must: [],
  may: [],
  coverage: ".......",
  session: null,
  duration: [50, 5000],
} as const satisfies Facts;

const rich = {
  ...quiet,
  tools: { read: 6, bash: 4, taskupdate: 3, grep: 2, taskcreate: 2, agent: 1, edit: 1, glob: 1 },
  subagentCalls: 3,
  subagents: ["Explore"],
  tasks: 2,
  errors: { "bash nonzero_exit": 2, "read not_found": 1 },
  must: ["repeated_file_reads"],
  duration: [1500, 4500],
} as const satisfies Facts;

const background = {
  ...quiet,
  tools: { agent: 2, read: 2, bash: 1, grep: 1 },
  subagentCalls: 4,
  subagents: ["Explore", "general-purpose"],
  duration: [700, 2500],
} as const satisfies Facts;

const notified = { ...quiet, goal: null, isHuman: false } as const satisfies Facts;

const scenarios: Readonly<Record<string, Facts>> = {
  rich,
  "rich-default": rich,
  "rich-content": rich,
  "rich-default-cli2.1.330-transcript": rich,
  denied: {
    ...quiet,
    goal: "Remove the build folder.",
    tools: { bash: 2, write: 1 },
    outcome: "partial_success",
    errors: { "bash permission_denied": 2, "write permission_denied": 1 },
    must: ["permission_denials"],
  },
  interrupted: {
    ...quiet,
    tools: { bash: 1, read: 1 },
    outcome: "failure",
    completed: false,
    errors: { "bash user_rejected": 1 },
    must: ["interrupted"],
    duration: [4000, 5000],
  },
  apierror: {
    ...quiet,
    tools: { read: 1 },
    outcome: "failure",
    completed: false,
    errors: { "- api_error": 1 },
    may: ["api_error_retries"],
  },
  "multiturn.1": { ...quiet, goal: "Why does node test.js fail?", tools: { read: 1 } },
  "multiturn.2": { ...quiet, goal: "Yes, fix it.", tools: { bash: 1, edit: 1 } },
  todo: { ...quiet, tools: { todowrite: 2, read: 1 }, tasks: 2 },
  bgagent: background,
  "bgagent.1": background,
  "bgagent.2": notified,
  "bgagent.3": notified,
};

const RICH_SESSION = "2452dcf6-ca6e-44ca-9ade-6f7025c56373";
const TURNS_SESSION = "6ce776ba-a0d4-4cc7-8335-3d7961fd1bc0";
/** What is known besides of the runs that traces were constructed from, to the millisecond. */
const constructed: Readonly<Record<string, Partial<Facts>>> = {
  rich: { must: rich.must, may: [], duration: [2061, 2061], session: RICH_SESSION },
  interrupted: { duration: [4559, 4559], session: "816c2edc-760d-4d42-94f6-1bd83c2cf5f0" },
  denied: { may: [], duration: [444, 444], session: "4dc467c7-7ace-4a5a-b551-494f175c1c58" },
  "multiturn.1": { duration: [344, 344], session: TURNS_SESSION },
  "multiturn.2": { duration: [672, 672], session: TURNS_SESSION },
  apierror: { may: [], duration: [933, 933], session: "6f7eb23d-4f3b-41e8-a600-661f7aa4e1f1" },
};

const withoutSubagents = { read: 5, bash: 3, taskupdate: 3, taskcreate: 2, agent: 1, edit: 1, glob: 1, grep: 1 };
const unparallel = { read: 5, bash: 3, taskupdate: 2, agent: 1, edit: 1, glob: 1, taskcreate: 1 };
const subagent = {
  goal: "SUBTASK: find every caller of divide in this repository and report file and line.",
  tools: { bash: 1, grep: 1, read: 1 },
  session: RICH_SESSION,
} as const;

/** What one exporter shows otherwise of one run: it drops rows, hides inputs or writes everything at one instant. */
const differences: Readonly<Record<string, Partial<Facts>>> = {
  "native-otel/rich-default": {
    goal: null,
    areTaskStatesVisible: false,
    errors: { "bash nonzero_exit": 2, "read tool_error": 1 },
    must: [],
    may: [],
    coverage: "-RR-PRP",
  },
  "native-otel/rich-content": {
    areTaskStatesVisible: false,
    coverage: "RRRPPRP",
  },
  "native-otel/todo": { tasks: null, areTaskStatesVisible: false, coverage: "RRR.PR-" },
  "native-otel/interrupted": { tools: { read: 1 }, errors: { "- interrupted": 1 } },
  "native-otel/bgagent.1": { duration: [767, 767] },
  "official-plugin-v1/bgagent.2": { coverage: "R-RRIR." },
  "official-plugin-v1/bgagent.3": { coverage: "R-RRIR." },
  "docs-hook/rich-default": {
    tools: unparallel,
    tasks: 1,
    areTaskStatesVisible: false,
    outcome: "unknown",
    must: [],
    may: [],
  },
  "docs-hook/bgagent.1": { tools: { agent: 1 }, subagents: ["general-purpose"] },
  "doneyli-template/rich-default": {
    tools: withoutSubagents,
    areTaskStatesVisible: false,
    outcome: "unknown",
    must: [],
    may: [],
  },
  "cc-langfuse/rich-default": { tools: withoutSubagents },
  "cc-langfuse/rich-default-cli2.1.330-transcript": { tools: withoutSubagents },
  // Of calls asked for together only the last is kept.
  "official-plugin-v0/rich": { tools: unparallel, tasks: 1 },
  "baem1n-hook/rich": { tools: unparallel, tasks: 1 },
  // Instants: from the first tool to the last, without the answer after it.
  "pace-maker/rich": { tools: withoutSubagents, duration: [1915, 1915] },
  "pace-maker/rich.subagent": { ...subagent, isHuman: false, duration: [238, 238] },
  "pace-maker/interrupted": { duration: [146, 146] },
  "pace-maker/denied": { duration: [299, 299] },
  "pace-maker/multiturn.1": { duration: [165, 165] },
  "pace-maker/multiturn.2": { duration: [518, 518] },
  "litellm-proxy/rich": { tools: withoutSubagents },
  // An answer that asks for a tool is not the last one; that the run went on shows in another trace.
  "litellm-proxy/rich.first": {
    tools: { read: 1 },
    outcome: "failure",
    completed: false,
    session: RICH_SESSION,
  },
  "litellm-proxy/rich.subagent": subagent,
  // The call that was refused is in the answer; the refusal would be in the next request.
  "litellm-proxy/interrupted": { errors: {}, must: [] },
  // One history for both turns.
  "litellm-proxy/multiturn.2": { goal: "Why does node test.js fail?", tools: { bash: 1, edit: 1, read: 1 } },
  // A turn whose request failed is one row.
  "arize-harness/apierror": { tools: {} },
  "agent-sdk-openinference-python/interrupted": { errors: { "bash interrupted": 1 } },
};

/** The facts of one trace of test/fixtures/traces. Throws for one that nobody described. */
export function factsOf(exporter: string, scenario: string): Facts {
  const own = EXPORTERS[exporter];
  const known = scenarios[scenario];
  const different = differences[`${exporter}/${scenario}`];
  if (own === undefined || (known ?? different) === undefined) throw new Error(`no facts of ${exporter}/${scenario}`);
  return {
    ...quiet,
    ...known,
    ...(own.isConstructed ? constructed[scenario] : {}),
    coverage: own.coverage,
    ...own.always,
    ...different,
  };
}
