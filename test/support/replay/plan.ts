import type { Diagnosis, Translation } from "./answers.ts";

/** A trace of the audit, as far as the plan names it. */
export type AuditedTrace = {
  readonly trace_id: string;
  readonly goal: string | null;
  readonly date: string | null;
  readonly notable_patterns: readonly string[];
  readonly metrics: {
    readonly plan_before_first_tool: boolean | null;
    readonly tool_calls_per_task: number | null;
    readonly success: boolean | null;
  };
};

const NO_PATTERN = "the summary shows no pattern that an instruction caused.";

/** The plan as commands/audit.md has it. */
export function toPlan(
  traces: readonly AuditedTrace[],
  { issues, no_issue_reason = NO_PATTERN }: Diagnosis,
  translation: Translation,
): string {
  const isEmpty = issues.length === 0;
  const none = `No prompt change would help: ${no_issue_reason}`;
  return `# Audit Implementation Plan

## Source Trace

${traces.map(toSource).join("\n\n")}

## Observed Issues

${isEmpty ? "None." : numbered(issues.map(({ symptom, evidence }) => `${symptom} (evidence: ${evidence.join(", ")}, seen in ${toShare(evidence, traces)} traces)`))}

## Root Causes (Prompt-Level)

${isEmpty ? none : numbered(issues.map(({ root_cause }) => root_cause))}

## Proposed Changes

${isEmpty ? none : translation.changes.map((change, at) => toChange(change, at, issues)).join("\n\n")}

## Files to Modify

${isEmpty ? "None." : translation.files_to_change.map((file) => `- ${file}`).join("\n")}

## Claude Code Execution Prompt

Guardrails:
- No runtime code changes; prompt/config files only.
- No package upgrades or installs.
- No infra changes, secrets, or environment edits.
- Stop and ask if scope is unclear.
${isEmpty ? "" : `\n${toBlock(traces, translation)}\n`}`;
}

/** How many of the traces show the first pattern of the evidence, of how many; a row of a table is of one trace. */
function toShare(evidence: readonly string[], traces: readonly AuditedTrace[]): string {
  const pattern = evidence.find((name) => /^[a-z_]+$/u.test(name));
  if (pattern === undefined && evidence.some((name) => name.startsWith("turn:"))) return `1/${traces.length}`;
  const showing = traces.filter(({ notable_patterns }) => pattern === undefined || notable_patterns.includes(pattern));
  return `${showing.length}/${traces.length}`;
}

function toSource({ trace_id, goal, date }: AuditedTrace): string {
  return `- Trace ID: ${trace_id}\n- Goal: ${goal ?? "not recorded"}\n- Date: ${date ?? "not recorded"}`;
}

function toChange(change: Translation["changes"][number], at: number, issues: Diagnosis["issues"]): string {
  const { title, file, constraints, addresses, risk } = change;
  return `### ${at + 1}. ${title}

- File: ${file}
- Change: ${constraints.join(" ")}
- Addresses: issue ${addresses.map((index) => index + 1).join(", ")}
- Confidence: ${Math.min(...addresses.map((index) => issues[index]?.confidence ?? 0))}
- Risk: ${risk}`;
}

function toBlock(traces: readonly AuditedTrace[], { changes }: Translation): string {
  const audited = (metric: keyof AuditedTrace["metrics"]): string =>
    `Audited: ${traces.map(({ metrics }) => String(metrics[metric] ?? "not recorded")).join(", ")}.`;
  const steps = [
    ...changes.map(({ file, constraints }) => `In ${file}: ${constraints.join(" ")}`),
    "Do NOT modify runtime code — prompt changes only.",
  ];
  return `/plop

Goal: Let the agent plan before it acts and work from what it has read.

Steps:
${numbered(steps)}

Acceptance Criteria (measurable):
- ≥1 post-change run shows a PLAN section emitted before first tool call. ${audited("plan_before_first_tool")}
- Tool calls per task decrease versus the audited trace. ${audited("tool_calls_per_task")}
- Task success rate does not drop (binary success flag unchanged or improved). ${audited("success")}`;
}

function numbered(lines: readonly string[]): string {
  return lines.map((line, at) => `${at + 1}. ${line}`).join("\n");
}
