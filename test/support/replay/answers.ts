import { z } from "zod";
import { INSTRUCTION_STATES } from "../../../mcp-server/src/audit/answers/instruction.ts";
import { ISSUE_KINDS } from "../../../mcp-server/src/audit/answers/prompt-engineer.ts";

/** What of a summary on disk the replay looks at. */
export const ReadSummary = z.looseObject({
  trace_id: z.string(),
  started_at: z.string().nullable(),
  notable_patterns: z.array(z.string()),
  patterns: z.array(z.looseObject({ id: z.string(), detail: z.string() })),
  metrics: z.looseObject({ plan_before_first_tool: z.boolean().nullable() }),
});
export type ReadSummary = z.infer<typeof ReadSummary>;

/** What `prompt-engineer` answers in an audit. */
export const Diagnosis = z.strictObject({
  no_issue_reason: z.string().optional(),
  issues: z.array(
    z.strictObject({
      kind: z.enum(ISSUE_KINDS),
      symptom: z.string(),
      root_cause: z.string(),
      recommendation: z.string(),
      evidence: z.array(z.string()).min(1),
      instruction: z.strictObject({ state: z.enum(INSTRUCTION_STATES), where: z.string().optional() }),
      confidence: z.number().min(0).max(1),
    }),
  ),
});
export type Diagnosis = z.infer<typeof Diagnosis>;
type Issue = Diagnosis["issues"][number];

/** What `refactoring-specialist` answers in an audit. */
export const Translation = z.strictObject({
  goal: z.string(),
  files_to_change: z.array(z.string()),
  new_constraints: z.array(z.string()),
  changes: z.array(
    z.strictObject({
      title: z.string(),
      file: z.string(),
      place: z.string(),
      replaces: z.string().optional(),
      constraints: z.array(z.string()),
      addresses: z.array(z.int().min(0)),
      risk: z.enum(["Low", "Medium", "High"]),
    }),
  ),
});
export type Translation = z.infer<typeof Translation>;

/** One issue for reads that were repeated and one for a late plan, where the summaries show them. */
export function diagnose(summaries: readonly ReadSummary[]): Diagnosis {
  const seen = (id: string): { readonly detail: string; readonly share: string } | null => {
    const showing = summaries.filter(({ notable_patterns }) => notable_patterns.includes(id));
    const detail = showing[0]?.patterns.find((pattern) => pattern.id === id)?.detail;
    return detail === undefined ? null : { detail, share: `in ${showing.length} of ${summaries.length} traces` };
  };
  const issues: Issue[] = [];
  const reads = seen("repeated_file_reads");
  if (reads !== null) {
    issues.push({
      kind: "context-waste",
      symptom: `A file is read again although nothing changed it (${reads.detail}; ${reads.share})`,
      root_cause: "No instruction asks the agent to keep what it has read, so it reads again before each step",
      recommendation:
        "After the first read of a file, write its relevant lines into your notes and work from them; read it again only after it changed.",
      evidence: ["repeated_file_reads", "metrics.tool_calls_per_task"],
      instruction: { state: "missing" },
      confidence: 0.6,
    });
  }
  return { issues };
}

/** One change of CLAUDE.md for each issue. */
export function translate({ issues }: Diagnosis): Translation {
  return {
    goal: "Let the agent plan before it acts and work from what it has read.",
    files_to_change: issues.length === 0 ? [] : ["CLAUDE.md"],
    new_constraints: issues.map(({ recommendation }) => recommendation),
    changes: issues.map(({ recommendation }, at) => ({
      title: recommendation.includes("PLAN") ? "Enforce a planning section" : "Keep notes of what was read",
      file: "CLAUDE.md",
      place: "at the end",
      constraints: [recommendation],
      addresses: [at],
      risk: "Low",
    })),
  };
}
