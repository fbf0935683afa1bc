import type { Finding } from "../../../mcp-server/src/trace/patterns/pattern.ts";
import type { Summary } from "../../../mcp-server/src/trace/summary/schema.ts";
import { generationRow, rootRow, subagentRow, summarizeBuilt, toolRow, type ToolRow } from "./rows.ts";
import type { JsonObject } from "../langfuse/store.ts";

/** A tool call; a list of them was asked for by one generation, so they are parallel. */
export type Step = Omit<ToolRow, "at">;
export type Steps = readonly (Step | readonly Step[])[];

export interface Run {
  /** what the assistant says at the end; null for a run that never got there */
  readonly ending?: string | null;
  /** seconds that the turn took; else as long as its steps */
  readonly lasts?: number;
  /** what the human asked for */
  readonly prompt?: string;
  /** more rows */
  readonly also?: readonly JsonObject[];
}

/** Rows of a run: each step is a generation that asks for its calls, one second apart. */
export function rowsOfRun(
  steps: Steps,
  { ending = "Done.", lasts = steps.length + 2, prompt = "Do it.", also = [] }: Run = {},
): readonly JsonObject[] {
  const rows = steps.flatMap((step, at) => {
    const calls = isBatch(step) ? step : [step];
    return [
      generationRow({ at: at + 1, calls: calls.length }),
      ...calls.map((call, index) => toolRow({ ...call, at: at + 1 + index / 1000 })),
    ];
  });
  const last = ending === null ? [] : [generationRow({ at: steps.length + 1, says: ending })];
  return [rootRow({ output: ending, steps: lasts, prompt }), ...rows, ...last, ...also];
}

function isBatch(step: Step | readonly Step[]): step is readonly Step[] {
  return Array.isArray(step);
}

export function summaryOf(steps: Steps, run: Run = {}): Summary {
  return summarizeBuilt(rowsOfRun(steps, run)).summary;
}

/** What a pattern found in a run: its severity and count, or null. */
export function findingOf(id: string, steps: Steps, run: Run = {}): Pick<Finding, "severity" | "count"> | null {
  const found = summaryOf(steps, run).patterns.find((pattern) => pattern.id === id);
  return found === undefined ? null : { severity: found.severity, count: found.count };
}

const folder = "/home/dev/app";

export const read = (file: string, range: JsonObject = {}): Step => ({
  tool: "Read",
  input: { file_path: `${folder}/${file}`, ...range },
  output: "1\ttext",
});

export const edit = (file: string, before = "a", after = "b"): Step => ({
  tool: "Edit",
  input: { file_path: `${folder}/${file}`, old_string: before, new_string: after },
  output: "The file has been updated.",
});

export const failedEdit = (file: string, why = "String to replace not found in file."): Step => ({
  ...edit(file),
  output: `<tool_use_error>${why}`,
});

export const bash = (command: string, output: unknown = "ok"): Step => ({ tool: "Bash", input: { command }, output });

export const failed = (command: string, output = "no"): Step => bash(command, `Exit code 1\n${output}`);

export const denied = (command: string): Step => bash(command, "This command requires approval");

export const grep = (pattern: string, output: unknown = "src/a.ts:1"): Step => ({
  tool: "Grep",
  input: { pattern },
  output,
});

export const plan: Step = { tool: "TaskCreate", input: { subject: "first" }, output: "Task #1 created successfully" };

/** `count` steps made by a number from 1 on. */
export const times = (count: number, make: (at: number) => Step): Step[] =>
  Array.from({ length: count }, (_step, at) => make(at + 1));

/** An Agent call at a step and the rows of its subagent below their own span. */
export function agentRows(id: string, at: number, steps: readonly Step[]): readonly JsonObject[] {
  return [
    subagentRow(id, at, 0.9),
    ...steps.map((step, index) => toolRow({ ...step, at: at + 0.01 * (index + 1), takes: 0.005, parent: id })),
  ];
}

export const agent = (prompt: string): Step => ({
  tool: "Agent",
  input: { prompt, subagent_type: "Explore" },
  output: "found it",
});
