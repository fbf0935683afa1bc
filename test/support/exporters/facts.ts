/** What the summary of a constructed trace has to say; written down from the scenarios, not from the code. */
export interface ExporterFacts {
  readonly goal: string;
  readonly isHuman: boolean;
  readonly tools: Readonly<Record<string, number>>;
  readonly subagents: readonly string[];
  /** null where the exporter leaves the calls of subagents out */
  readonly subagentCalls: number | null;
  readonly tasks: number;
  readonly outcome: string;
  readonly completed: boolean;
  /** "tool kind" to count */
  readonly errors: Readonly<Record<string, number>>;
  readonly patterns: readonly string[];
  /** milliseconds, null where the exporter records no times */
  readonly duration: number | null;
  /** goal, timing, order, targets, errors, subagents, tasks: R recorded, I inferred, P partial, - not recorded */
  readonly coverage: string;
  readonly session: string | null;
}

const fix = "Fix the failing test: divide(1, 0) must throw an error mentioning zero. Keep the public API unchanged.";

const quiet = {
  goal: fix,
  isHuman: true,
  tools: {},
  subagents: [],
  subagentCalls: 0,
  tasks: 0,
  outcome: "success",
  completed: true,
  errors: {},
  patterns: [],
  duration: 0,
  coverage: "RRRRRRR",
  session: null,
} as const satisfies ExporterFacts;

const all = { read: 6, bash: 4, taskupdate: 3, grep: 2, taskcreate: 2, agent: 1, edit: 1, glob: 1 } as const;
const main = { read: 5, bash: 3, taskupdate: 3, taskcreate: 2, agent: 1, edit: 1, glob: 1, grep: 1 } as const;
const unparallel = { read: 5, bash: 3, taskupdate: 2, agent: 1, edit: 1, glob: 1, taskcreate: 1 } as const;

const scenarios = {
  rich: {
    ...quiet,
    tools: all,
    subagents: ["Explore"],
    subagentCalls: 3,
    tasks: 2,
    errors: { "bash nonzero_exit": 2, "read not_found": 1 },
    patterns: ["repeated_file_reads", "late_planning", "retry_failing_command"],
    duration: 2061,
    session: "2452dcf6-ca6e-44ca-9ade-6f7025c56373",
  },
  interrupted: {
    ...quiet,
    tools: { bash: 1, read: 1 },
    outcome: "failure",
    completed: false,
    errors: { "bash user_rejected": 1 },
    patterns: ["interrupted"],
    duration: 4559,
    session: "816c2edc-760d-4d42-94f6-1bd83c2cf5f0",
  },
  denied: {
    ...quiet,
    goal: "Remove the build folder.",
    tools: { bash: 2, write: 1 },
    outcome: "partial_success",
    errors: { "bash permission_denied": 2, "write permission_denied": 1 },
    patterns: ["permission_denials"],
    duration: 444,
    session: "4dc467c7-7ace-4a5a-b551-494f175c1c58",
  },
  "multiturn.1": {
    ...quiet,
    goal: "Why does node test.js fail?",
    tools: { read: 1 },
    duration: 344,
    session: "6ce776ba-a0d4-4cc7-8335-3d7961fd1bc0",
  },
  "multiturn.2": {
    ...quiet,
    goal: "Yes, fix it.",
    tools: { bash: 1, edit: 1 },
    duration: 672,
    session: "6ce776ba-a0d4-4cc7-8335-3d7961fd1bc0",
  },
  apierror: {
    ...quiet,
    tools: { read: 1 },
    outcome: "failure",
    completed: false,
    errors: { "- api_error": 1 },
    duration: 933,
    session: "6f7eb23d-4f3b-41e8-a600-661f7aa4e1f1",
  },
} as const satisfies Readonly<Record<string, ExporterFacts>>;

/** What one exporter shows otherwise, in every scenario. */
const exporters: Readonly<Record<string, Partial<ExporterFacts>>> = {
  "official-plugin-v0": { coverage: "RRRRIPP", subagentCalls: null },
  "official-plugin-v2": { coverage: "RRRRIRR" },
  "pdhoolia-plugin": { coverage: "RRRRIRR" },
  "baem1n-hook": { coverage: "R-RRIPP", subagentCalls: null, duration: null },
  "pace-maker": { coverage: "RPPRIPR", subagentCalls: null },
  "litellm-proxy": { coverage: "R-RRRPR", subagentCalls: null, duration: null },
  "agent-sdk-langsmith-otel": { session: null },
  "agent-sdk-openinference-python": {},
  "arize-harness": {},
};

const subagent = {
  goal: "SUBTASK: find every caller of divide in this repository and report file and line.",
  tools: { bash: 1, grep: 1, read: 1 },
  session: scenarios.rich.session,
} as const;

const differences: Readonly<Record<string, Partial<ExporterFacts>>> = {
  // Of calls asked for together only the last is kept.
  "official-plugin-v0/rich": { tools: unparallel, tasks: 1 },
  "baem1n-hook/rich": { tools: unparallel, tasks: 1 },
  // Instants: from the first tool to the last, without the answer after it.
  "pace-maker/rich": { tools: main, duration: 1915 },
  "pace-maker/rich.subagent": { ...subagent, isHuman: false, duration: 238 },
  "pace-maker/interrupted": { duration: 146 },
  "pace-maker/denied": { duration: 299 },
  "pace-maker/multiturn.1": { duration: 165 },
  "pace-maker/multiturn.2": { duration: 518 },
  "litellm-proxy/rich": { tools: main },
  // An answer that asks for a tool is not the last one; that the run went on shows in another trace.
  "litellm-proxy/rich.first": {
    tools: { read: 1 },
    outcome: "failure",
    completed: false,
    session: scenarios.rich.session,
  },
  "litellm-proxy/rich.subagent": subagent,
  // The call that was refused is in the answer; the refusal would be in the next request.
  "litellm-proxy/interrupted": { errors: {}, patterns: [] },
  // One history for both turns.
  "litellm-proxy/multiturn.2": { goal: "Why does node test.js fail?", tools: { bash: 1, edit: 1, read: 1 } },
  "agent-sdk-openinference-python/interrupted": { errors: { "bash interrupted": 1 } },
};

/** The facts of one constructed trace. Throws for one that nobody described. */
export function constructedFacts(exporter: string, scenario: string): ExporterFacts {
  const different = differences[`${exporter}/${scenario}`];
  const known = Object.entries(scenarios).find(([name]) => name === scenario)?.[1];
  const own = exporters[exporter];
  if (own === undefined || (known === undefined && different === undefined))
    throw new Error(`no facts of ${exporter}/${scenario}`);
  return {
    ...quiet,
    ...known,
    ...different,
    ...own,
    ...(different?.duration === undefined ? {} : { duration: different.duration }),
  };
}
