import { z } from "zod";
import { beginOf, type Counted } from "./counted.ts";

/** What the sweep reads of a summary. */
export const Told = z.looseObject({
  trace_id: z.string(),
  goal: z.string().nullable(),
  duration_ms: z.number().nullable(),
  subagents: z.array(z.string()),
  tool_usage: z.record(z.string(), z.number()),
  outcome: z.string(),
  completed: z.boolean(),
  errors: z.array(z.object({ tool: z.string().nullable(), kind: z.string(), count: z.number() })),
  metrics: z.looseObject({ subagent_tool_calls: z.number().nullable() }),
});
export type Told = z.infer<typeof Told>;

/** One line for each field in which a summary and the count differ. */
export function differences(counted: Counted, told: Told | null): readonly string[] {
  if (told === null) return [`${counted.id}: no summary`];
  const pairs: readonly (readonly [what: string, told: unknown, counted: unknown])[] = [
    ["tools", sorted(told.tool_usage), counted.tools],
    ["subagent calls", told.metrics.subagent_tool_calls, counted.subagentCalls],
    ["subagents", told.subagents, counted.subagents.slice(0, 20)],
    ["failed calls", failedOf(told), counted.failed],
    ["goal", told.goal === null ? null : beginOf(told.goal), counted.goal],
    ["end", endOf(told, counted.end), counted.end],
    ["duration", told.duration_ms, counted.duration],
  ];
  return pairs
    .map(([what, left, right]) => [what, JSON.stringify(left), JSON.stringify(right)] as const)
    .filter(([, left, right]) => left !== right)
    .map(([what, left, right]) => `${counted.id}: ${what}: the summary says ${left}, the lines say ${right}`);
}

const sorted = (counts: Readonly<Record<string, number>>): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(counts).toSorted(([left], [right]) => (left < right ? -1 : 1)));

const failedOf = ({ errors }: Told): number =>
  errors.reduce((total, { tool, count }) => total + (tool === null ? 0 : count), 0);

/** The end that the summary's flags and failures allow: the counted one where they do not tell two apart. */
function endOf({ completed, outcome, errors }: Told, counted: Counted["end"]): string {
  if (completed) return "answered";
  if (errors.some(({ tool, kind }) => tool === null && kind === "api_error")) return "api_error";
  return outcome === "failure" || outcome === "unknown" ? (counted === "answered" ? "cut_off" : counted) : "cut_off";
}
