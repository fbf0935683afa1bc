// The words of docs/audit/IMPLEMENTATION_PLAN.md. commands/audit.md gives the model the same form.

export const TITLE = "# Audit Implementation Plan";
export const COMPARISON = "## Comparison with Previous Audits";
/** The headings in their order; the comparison may follow the first of them. */
export const HEADINGS = [
  "## Source Trace",
  "## Observed Issues",
  "## Root Causes (Prompt-Level)",
  "## Proposed Changes",
  "## Files to Modify",
  "## Claude Code Execution Prompt",
] as const;
export type Heading = (typeof HEADINGS)[number];

export const GUARDRAILS = [
  "Guardrails:",
  "- No runtime code changes; prompt/config files only.",
  "- No package upgrades or installs.",
  "- No infra changes, secrets, or environment edits.",
  "- Stop and ask if scope is unclear.",
] as const;
export const LAST_STEP = "Do NOT modify runtime code — prompt changes only.";
export const NOT_RECORDED = "not recorded";
export const NONE = "None.";
export const NO_CHANGE = "No prompt change would help:";

/** The three criteria that every plan has, the metric of each, and what its audited values look like. */
export const CRITERIA = [
  {
    text: "≥1 post-change run shows a PLAN section emitted before first tool call.",
    metric: "plan_before_first_tool",
    value: /^(?:true|false|not recorded)$/u,
  },
  {
    text: "Tool calls per task decrease versus the audited trace.",
    metric: "tool_calls_per_task",
    value: /^(?:\d+(?:\.\d+)?|not recorded)$/u,
  },
  {
    text: "Task success rate does not drop (binary success flag unchanged or improved).",
    metric: "success",
    value: /^(?:true|false|not recorded)$/u,
  },
] as const;
export const AUDITED = " Audited: ";
