import { join } from "node:path";
import { z } from "zod";
import type { Answer, Helpers } from "./claude-answer.ts";
import type { ModelRequest, ToolOutcome } from "./claude-request.ts";
import type { Script } from "./fake-anthropic.ts";

const FETCH = "mcp__plugin_trace-audit_langfuse__fetch_trace";
const WRITE = "mcp__plugin_trace-audit_langfuse__write_summary";
const PLAN = "docs/audit/IMPLEMENTATION_PLAN.md";

const Fetched = z.looseObject({
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
const Summary = z.looseObject({
  trace_id: z.string(),
  started_at: z.string().nullable(),
  notable_patterns: z.array(z.string()),
  patterns: z.array(z.looseObject({ id: z.string(), detail: z.string() })),
});
const Written = z.looseObject({ path: z.string() });
export const Diagnosis = z.strictObject({
  issues: z.array(
    z.strictObject({
      symptom: z.string(),
      root_cause: z.string(),
      recommendation: z.string(),
      evidence: z.array(z.string()).min(1),
      confidence: z.number().min(0).max(1),
    }),
  ),
});
export type Diagnosis = z.infer<typeof Diagnosis>;
export const Translation = z.strictObject({
  files_to_change: z.array(z.string()),
  new_constraints: z.array(z.string()),
  changes: z.array(
    z.strictObject({
      title: z.string(),
      file: z.string(),
      constraints: z.array(z.string()),
      addresses: z.array(z.int().min(0)),
      risk: z.enum(["Low", "Medium", "High"]),
    }),
  ),
});
export type Translation = z.infer<typeof Translation>;

/** What the replayed model says; each part can be replaced by a test. */
export type Replay = {
  /** Where `claude` runs: Read wants absolute paths. */
  readonly cwd: string;
  readonly diagnose?: (summaries: readonly z.infer<typeof Summary>[]) => Diagnosis;
  readonly translate?: (diagnosis: Diagnosis) => Translation;
};

type Progress = {
  fetched: z.infer<typeof Fetched>;
  paths: string[];
  dates: Map<string, string | null>;
  diagnosis: Diagnosis;
  translation: Translation;
};

/** A model that follows commands/audit.md to the letter, so that what the CLI sends and does can be looked at. */
export function replayAudit({ cwd, diagnose = diagnoseReads, translate = translateToClaudeMd }: Replay): Script {
  const state: Progress = {
    fetched: { summaries: [], skipped: [] },
    paths: [],
    dates: new Map(),
    diagnosis: { issues: [] },
    translation: { files_to_change: [], new_constraints: [], changes: [] },
  };
  return (request, ask) => (request.agentId === null ? asMain(request, ask, state) : asSubagent(request, ask, state));

  function asSubagent(request: ModelRequest, ask: Helpers, progress: Progress): Answer {
    const reads = request.toolResults.filter(({ name }) => name === "Read");
    if (reads.length === 0) return progress.paths.map((path) => ask.tool("Read", { file_path: join(cwd, path) }));
    if (!request.firstUserText.includes("Translate this diagnosis")) {
      const summaries = reads.map(({ text }) => Summary.parse(JSON.parse(text.replace(/^ *\d+[\t→]/gmu, ""))));
      for (const { trace_id, started_at } of summaries) progress.dates.set(trace_id, started_at);
      progress.diagnosis = diagnose(summaries);
      return JSON.stringify(progress.diagnosis, null, 1);
    }
    progress.translation = translate(progress.diagnosis);
    return JSON.stringify(progress.translation, null, 1);
  }
}

function asMain(request: ModelRequest, ask: Helpers, state: Progress): Answer {
  const last = request.toolResults.at(-1);
  if (last === undefined) {
    const selector = /The selector is: (.*)/u.exec(request.userText)?.[1]?.trim() ?? "";
    return selector === "" ? "I am a replay and only know /audit." : [ask.tool(FETCH, { selector })];
  }
  if (last.isError) return last.text;
  const then: Readonly<Record<string, () => Answer>> = {
    [FETCH]: () => {
      state.fetched = Fetched.parse(JSON.parse(last.text));
      return state.fetched.summaries.map(({ trace_id }) => ask.tool(WRITE, { trace_id }));
    },
    [WRITE]: () => {
      state.paths = request.toolResults.map(({ text }) => Written.parse(JSON.parse(text)).path);
      return [
        ask.agent(
          "trace-audit:prompt-engineer",
          `Diagnose these Trace Audit Summaries for an audit. Answer with the JSON object only.\n${state.paths.join("\n")}`,
        ),
      ];
    },
    Agent: () => afterAgent(last, ask, state),
    Write: () => closing(state),
  };
  return then[last.name]?.() ?? "I am a replay and did not expect this.";
}

function afterAgent({ input, text }: ToolOutcome, ask: Helpers, state: Progress): Answer {
  const answer: unknown = JSON.parse(text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1));
  if (input["subagent_type"] === "trace-audit:prompt-engineer") {
    const diagnosis = Diagnosis.parse(answer);
    if (diagnosis.issues.length > 0) {
      const prompt = `Translate this diagnosis for an audit. Answer with the JSON object only.\n${state.paths.join("\n")}\n${JSON.stringify(diagnosis)}`;
      return [ask.agent("trace-audit:refactoring-specialist", prompt)];
    }
  } else Translation.parse(answer);
  return [ask.tool("Write", { file_path: PLAN, content: toPlan(state) })];
}

/** The default diagnosis: one issue for repeated reads, one for late planning, as the recorded runs show them. */
function diagnoseReads(summaries: readonly z.infer<typeof Summary>[]): Diagnosis {
  const showing = (id: string): string =>
    `in ${summaries.filter(({ notable_patterns }) => notable_patterns.includes(id)).length} of ${summaries.length} traces`;
  const detail = (id: string): string | undefined =>
    summaries.flatMap(({ patterns }) => patterns).find((pattern) => pattern.id === id)?.detail;
  const reads = detail("repeated_file_reads");
  const planning = detail("late_planning");
  return {
    issues: [
      ...(reads === undefined
        ? []
        : [
            {
              symptom: `A file is read again although nothing changed it (${reads}; ${showing("repeated_file_reads")})`,
              root_cause: "No instruction asks the agent to keep what it has read, so it reads again before each step",
              recommendation:
                "After the first read of a file, write its relevant lines into your notes and work from them; read it again only after it changed.",
              evidence: ["repeated_file_reads", "metrics.tool_calls_per_task"],
              confidence: 0.7,
            },
          ]),
      ...(planning === undefined
        ? []
        : [
            {
              symptom: `The task list is written when half of the work is done (${planning}; ${showing("late_planning")})`,
              root_cause: "The instructions do not say when to plan",
              recommendation:
                "Begin your first message with a PLAN section: goal, files, steps, and how you will check the result.",
              evidence: ["late_planning", "metrics.plan_before_first_tool"],
              confidence: 0.6,
            },
          ]),
    ],
  };
}

function translateToClaudeMd({ issues }: Diagnosis): Translation {
  return {
    files_to_change: ["CLAUDE.md"],
    new_constraints: issues.map(({ recommendation }) => recommendation),
    changes: issues.map(({ recommendation }, at) => ({
      title: recommendation.includes("PLAN") ? "Enforce a planning section" : "Keep notes of what was read",
      file: "CLAUDE.md",
      constraints: [recommendation],
      addresses: [at],
      risk: "Low",
    })),
  };
}

/** The plan as commands/audit.md has it. */
function toPlan({ fetched, dates, diagnosis, translation }: Progress): string {
  const { issues } = diagnosis;
  const numbered = (lines: readonly string[]): string => lines.map((line, at) => `${at + 1}. ${line}`).join("\n");
  const values = (pick: (metrics: (typeof fetched.summaries)[number]["metrics"]) => boolean | number | null): string =>
    fetched.summaries.map(({ metrics }) => String(pick(metrics) ?? "not recorded")).join(", ");
  const none = "No prompt change would help: the summary shows no pattern that an instruction caused.";
  const head = `# Audit Implementation Plan

## Source Trace

${fetched.summaries.map(({ trace_id, goal }) => `- Trace ID: ${trace_id}\n- Goal: ${goal ?? "not recorded"}\n- Date: ${dates.get(trace_id) ?? "not recorded"}`).join("\n\n")}

## Observed Issues

${issues.length === 0 ? "None." : numbered(issues.map(({ symptom, evidence }) => `${symptom} (evidence: ${evidence.join(", ")})`))}

## Root Causes (Prompt-Level)

${issues.length === 0 ? none : numbered(issues.map(({ root_cause }) => root_cause))}

## Proposed Changes

${issues.length === 0 ? none : translation.changes.map(({ title, file, constraints, addresses, risk }, at) => `### ${at + 1}. ${title}\n\n- File: ${file}\n- Change: ${constraints.join(" ")}\n- Addresses: issue ${addresses.map((index) => index + 1).join(", ")}\n- Confidence: ${Math.min(...addresses.map((index) => issues[index]?.confidence ?? 0))}\n- Risk: ${risk}`).join("\n\n")}

## Files to Modify

${issues.length === 0 ? "None." : translation.files_to_change.map((file) => `- ${file}`).join("\n")}

## Claude Code Execution Prompt

Guardrails:
- No runtime code changes; prompt/config files only.
- No package upgrades or installs.
- No infra changes, secrets, or environment edits.
- Stop and ask if scope is unclear.
`;
  if (issues.length === 0) return head;
  const steps = [
    ...translation.changes.map(({ file, constraints }) => `In ${file}: ${constraints.join(" ")}`),
    "Do NOT modify runtime code — prompt changes only.",
  ];
  return `${head}
/plop

Goal: Let the agent plan before it acts and work from what it has read.

Steps:
${numbered(steps)}

Acceptance Criteria (measurable):
- ≥1 post-change run shows a PLAN section emitted before first tool call. Audited: ${values(({ plan_before_first_tool }) => plan_before_first_tool)}.
- Tool calls per task decrease versus the audited trace. Audited: ${values(({ tool_calls_per_task }) => tool_calls_per_task)}.
- Task success rate does not drop (binary success flag unchanged or improved). Audited: ${values(({ success }) => success)}.
`;
}

function closing({ fetched, diagnosis }: Progress): string {
  const skipped =
    fetched.skipped.length === 0
      ? ""
      : ` ${fetched.skipped.length} newer or drawn traces were skipped: ${fetched.skipped[0]?.reason ?? ""}.`;
  return `Audited ${fetched.summaries.length === 1 ? "one trace" : `${fetched.summaries.length} traces`}: ${diagnosis.issues.length} issues found.${skipped}
The plan is at ${PLAN}. Please review it; nothing was changed.
When you agree with it, type /plop to hand it over.`;
}
