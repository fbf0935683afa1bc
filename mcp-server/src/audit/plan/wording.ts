// The words of docs/audit/IMPLEMENTATION_PLAN.md.

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
export const STEPS = "Steps:";
export const ACCEPTANCE = "Acceptance Criteria (measurable):";
export const NOT_RECORDED = "not recorded";
/** A run's start as its summary has it, or a day. */
export const DATE = /^\d{4}-\d\d-\d\d(?:T[\d:.]+Z)?$/u;
export const NONE = "None.";
/** Before what the diagnosis tells the human beside its issues. */
export const NOTE = "Note for the human: ";
export const NO_CHANGE = "No prompt change would help:";

/** The criteria with fixed words, and the metric of each. */
export const CRITERIA = [
  {
    text: "≥1 post-change run shows a PLAN section emitted before first tool call.",
    metric: "plan_before_first_tool",
  },
  { text: "Tool calls per task decrease versus the audited trace.", metric: "tool_calls_per_task" },
  {
    text: "Task success rate does not drop (binary success flag unchanged or improved).",
    metric: "success",
  },
] as const;
export type FixedMetric = (typeof CRITERIA)[number]["metric"];
export const AUDITED = " Audited: ";
