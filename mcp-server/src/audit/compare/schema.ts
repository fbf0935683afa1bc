import { z } from "zod";
import { METRICS, VERDICTS } from "./criterion.ts";

const value = z.number().min(0).nullable();
const runs = z.int().min(0);

/** `RunComparison` as a tool's output. */
export const RunComparisonSchema = z.strictObject({
  audit: z.string().describe("The audit before, by its file below docs/audit"),
  criteria: z.array(
    z.strictObject({
      criterion: z.enum(METRICS),
      value_then: value.describe("The share of runs, or the median of the tool calls per task"),
      value_now: value,
      verdict: z.enum(VERDICTS),
      runs_then: runs,
      runs_now: runs,
      runs_needed: z.string().nullable().describe("How many runs a side would settle it"),
    }),
  ),
  differs: z
    .array(z.string())
    .describe("CLI version and models where they differ, so that every verdict is confounded"),
  unrecorded: z.array(z.string()).describe("Circumstances that not every run records"),
  left_out: runs.describe("Runs of a task list, CLI version or model that only one audit has"),
  regressions: z
    .array(z.strictObject({ pattern: z.string(), plan: z.string(), date: z.string() }))
    .describe("Patterns that an executed plan was to remove"),
});
