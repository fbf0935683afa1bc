import { join } from "node:path";
import { z } from "zod";
import type { Answer, Helpers } from "../claude/answer.ts";
import type { ModelRequest, ToolOutcome } from "../claude/request.ts";
import type { Script } from "../claude/stand-in.ts";
import { diagnose, Diagnosis, ReadSummary, translate, Translation } from "./answers.ts";
import { toPlan } from "./plan.ts";

export const FETCH = "mcp__plugin_trace-audit_langfuse__fetch_trace";
export const WRITE = "mcp__plugin_trace-audit_langfuse__write_summary";
export const PLAN = "docs/audit/IMPLEMENTATION_PLAN.md";

/** What of `fetch_trace`'s answer the replay looks at. */
export const Fetched = z.looseObject({
  summaries: z.array(
    z.looseObject({
      trace_id: z.string(),
      goal: z.string().nullable(),
      notable_patterns: z.array(z.string()),
      metrics: z.looseObject({
        plan_before_first_tool: z.boolean().nullable(),
        tool_calls_per_task: z.number().nullable(),
        success: z.boolean().nullable(),
      }),
    }),
  ),
  skipped: z.array(z.looseObject({ trace_id: z.string(), reason: z.string() })),
});
const Written = z.looseObject({ path: z.string() });

/** What the replayed model says; each part can be replaced by a test. */
export type Replay = {
  /** Where `claude` runs: Read wants absolute paths. */
  readonly cwd: string;
  readonly diagnose?: (summaries: readonly ReadSummary[]) => Diagnosis;
  readonly translate?: (diagnosis: Diagnosis) => Translation;
};

type State = Required<Replay> & {
  fetched: z.infer<typeof Fetched>;
  paths: readonly string[];
  summaries: readonly ReadSummary[];
  diagnosis: Diagnosis;
  translation: Translation;
};

/** A model that follows commands/audit.md to the letter, so that what the CLI sends and does can be looked at. */
export function replayAudit(replay: Replay): Script {
  const state: State = {
    diagnose,
    translate,
    ...replay,
    fetched: { summaries: [], skipped: [] },
    paths: [],
    summaries: [],
    diagnosis: { issues: [] },
    translation: { goal: "", files_to_change: [], new_constraints: [], changes: [] },
  };
  return (request, ask) => (request.agentId === null ? asMain(request, ask, state) : asSubagent(request, ask, state));
}

function asMain({ userText, toolResults, notes }: ModelRequest, ask: Helpers, state: State): Answer {
  const last = toolResults.at(-1);
  if (last === undefined) {
    const selector = /The selector is: (.*)/u.exec(userText)?.[1]?.trim() ?? "";
    return selector === "" ? "I am a replay and only know /audit." : [ask.tool(FETCH, { selector })];
  }
  const failed = toolResults.find(({ isError }) => isError);
  if (failed !== undefined) return failed.text;
  switch (last.name) {
    case FETCH:
      state.fetched = Fetched.parse(JSON.parse(last.text));
      return state.fetched.summaries.map(({ trace_id }) => ask.tool(WRITE, { trace_id }));
    case WRITE:
      state.paths = toolResults.map(({ text }) => Written.parse(JSON.parse(text)).path);
      return [ask.agent("trace-audit:prompt-engineer", toPrompt("Diagnose these Trace Audit Summaries", state.paths))];
    case "Agent":
      return afterAgent(last, notes, ask, state);
    case "Write":
      return toClosing(state);
    default:
      return "I am a replay and did not expect this.";
  }
}

function afterAgent({ input, text }: ToolOutcome, notes: string, ask: Helpers, state: State): Answer {
  // The report is framed, and every line of it is indented. In a terminal the result says only that the agent was
  // launched, and the plugin's hook hands the report over.
  const report = text.startsWith("Async agent launched") ? notes : text;
  const answer: unknown = JSON.parse(/^( *)\{\n[\s\S]*?^\1\}/mu.exec(report)?.[0] ?? report);
  if (input["subagent_type"] === "trace-audit:prompt-engineer") {
    const diagnosis = Diagnosis.parse(answer);
    if (diagnosis.issues.length > 0) {
      const prompt = toPrompt("Translate this diagnosis", [...state.paths, JSON.stringify(diagnosis)]);
      return [ask.agent("trace-audit:refactoring-specialist", prompt)];
    }
  } else Translation.parse(answer);
  const dates = new Map(state.summaries.map(({ trace_id, started_at }) => [trace_id, started_at]));
  const traces = state.fetched.summaries.map((entry) => ({ ...entry, date: dates.get(entry.trace_id) ?? null }));
  return [ask.tool("Write", { file_path: PLAN, content: toPlan(traces, state.diagnosis, state.translation) })];
}

function toPrompt(task: string, lines: readonly string[]): string {
  return `${task} for an audit. Answer with the JSON object only.\n${lines.join("\n")}`;
}

function asSubagent({ firstUserText, toolResults }: ModelRequest, ask: Helpers, state: State): Answer {
  const reads = toolResults.filter(({ name }) => name === "Read");
  if (reads.length === 0) return state.paths.map((path) => ask.tool("Read", { file_path: join(state.cwd, path) }));
  if (firstUserText.includes("Translate this diagnosis")) {
    state.translation = state.translate(state.diagnosis);
    return JSON.stringify(state.translation, null, 1);
  }
  // Read puts a line number before each line.
  state.summaries = reads.map(({ text }) => ReadSummary.parse(JSON.parse(text.replace(/^ *\d+[\t→]/gmu, ""))));
  state.diagnosis = state.diagnose(state.summaries);
  return JSON.stringify(state.diagnosis, null, 1);
}

function toClosing({ fetched: { summaries, skipped }, diagnosis: { issues } }: State): string {
  const traces = summaries.length === 1 ? "one trace" : `${summaries.length} traces`;
  const found = issues.length === 1 ? "1 issue" : `${issues.length} issues`;
  const passedOver = skipped.length === 0 ? [] : [`Passed over: ${skipped.length} (${skipped[0]?.reason ?? ""}).`];
  return [
    `Audited ${traces}, ${found} found.`,
    ...passedOver,
    `The plan is at ${PLAN}. Please review it; nothing was changed.`,
    "When you agree with it, type /plop to hand it over.",
  ].join("\n");
}
