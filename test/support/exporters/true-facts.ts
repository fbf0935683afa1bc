import { coverages } from "./true-coverage.ts";

/** What a summary of a recorded trace has to say, whatever the code computes. */
export interface Facts {
  readonly goal: string | null;
  readonly isGoalRedacted: boolean;
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
  readonly coverage: Readonly<Record<string, string>>;
  /** milliseconds between which the turn's length lies */
  readonly duration: readonly [least: number, most: number];
}

const fix = "Fix the failing test: divide(1, 0) must throw an error mentioning zero. Keep the public API unchanged.";

const quiet = {
  goal: fix,
  isGoalRedacted: false,
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
  coverage: {},
  duration: [50, 5000],
} as const satisfies Facts;

const rich = {
  ...quiet,
  tools: { read: 6, bash: 4, taskupdate: 3, grep: 2, taskcreate: 2, agent: 1, edit: 1, glob: 1 },
  subagentCalls: 3,
  subagents: ["Explore"],
  tasks: 2,
  errors: { "bash nonzero_exit": 2, "read not_found": 1 },
  must: ["repeated_file_reads", "late_planning"],
  may: ["retry_failing_command"],
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
    may: ["retry_failing_command"],
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

const withoutSubagents = { read: 5, bash: 3, taskupdate: 3, taskcreate: 2, agent: 1, edit: 1, glob: 1, grep: 1 };

/** What one exporter shows otherwise: it drops rows, hides inputs or writes everything at one instant. */
const differences: Readonly<Record<string, Partial<Facts>>> = {
  "native-otel/rich-default": {
    goal: null,
    isGoalRedacted: true,
    areTaskStatesVisible: false,
    errors: { "bash nonzero_exit": 2, "read tool_error": 1 },
    must: ["late_planning"],
    may: [],
    coverage: { goal: "not_recorded", targets: "not_recorded", tasks: "partial" },
  },
  "native-otel/rich-content": {
    areTaskStatesVisible: false,
    coverage: { goal: "recorded", targets: "partial", tasks: "partial" },
  },
  "native-otel/todo": { tasks: null, areTaskStatesVisible: false, coverage: { tasks: "not_recorded" } },
  "native-otel/interrupted": { tools: { read: 1 }, errors: { "- interrupted": 1 } },
  "native-otel/bgagent.1": { duration: [767, 767] },
  "official-plugin-v1/bgagent.2": { coverage: { timing: "not_recorded" } },
  "official-plugin-v1/bgagent.3": { coverage: { timing: "not_recorded" } },
  "docs-hook/rich-default": {
    tools: { read: 5, bash: 3, taskupdate: 2, agent: 1, edit: 1, glob: 1, taskcreate: 1 },
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
};

/** Exporters that write no row for what a subagent did. */
const blindToSubagents: ReadonlySet<string> = new Set(["docs-hook", "doneyli-template", "cc-langfuse"]);

/** The facts of one recorded trace. Throws for a scenario that nobody described. */
export function factsOf(exporter: string, scenario: string): Facts {
  const facts = scenarios[scenario];
  const coverage = coverages[exporter];
  if (facts === undefined || coverage === undefined) throw new Error(`no facts of ${exporter}/${scenario}`);
  const different = differences[`${exporter}/${scenario}`] ?? {};
  return {
    ...facts,
    ...(blindToSubagents.has(exporter) ? { subagentCalls: null } : {}),
    ...different,
    coverage: { ...coverage, ...different.coverage },
  };
}
