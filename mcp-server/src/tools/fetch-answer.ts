import { truncate } from "../trace/values/names.ts";
import type { Summary, SummaryEntry } from "../trace/summary/schema.ts";
import { limitToolUsage, shortenNames } from "../trace/summary/tool-usage.ts";

/** How many characters the whole answer of `fetch_trace` may have; Claude Code shows at most 50,000. */
export const MAX_ANSWER = 40_000;
/** Up to this many traces come with their whole summaries. */
export const MAX_WHOLE = 4;

const STEPS = [
  { goal: 80, tools: 8, subagents: 5, names: 100, patterns: 40 },
  { goal: 60, tools: 6, subagents: 4, names: 60, patterns: 40 },
  { goal: 40, tools: 4, subagents: 3, names: 40, patterns: 8 },
  { goal: 20, tools: 2, subagents: 1, names: 30, patterns: 4 },
  { goal: 10, tools: 1, subagents: 0, names: 20, patterns: 2 },
] as const;

/**
 * The summaries as they fit into an answer whose other parts take `used` characters: whole for up to four traces, else
 * the fixed keys with `completed`, `metrics` and `coverage`, all shortened alike until they fit.
 */
export function toEntries(summaries: readonly Summary[], used: number): readonly (Summary | SummaryEntry)[] {
  const whole = summaries.length <= MAX_WHOLE ? summaries : [];
  if (whole.length > 0 && used + JSON.stringify(whole).length < MAX_ANSWER) return whole;
  let entries: readonly SummaryEntry[] = [];
  for (const step of STEPS) {
    entries = summaries.map((summary) => shorten(summary, step));
    if (used + JSON.stringify(entries).length < MAX_ANSWER) return entries;
  }
  return entries;
}

function shorten(summary: Summary, step: (typeof STEPS)[number]): SummaryEntry {
  const usage = limitToolUsage(Object.entries(summary.tool_usage), step.tools);
  return {
    trace_id: summary.trace_id,
    goal: summary.goal === null ? null : truncate(summary.goal, step.goal),
    duration_ms: summary.duration_ms,
    tasks: summary.tasks,
    subagents: summary.subagents.slice(0, step.subagents).map((name) => truncate(name, step.names)),
    tool_usage: shortenNames(usage, step.names),
    // The most severe come first.
    notable_patterns: summary.notable_patterns.slice(0, step.patterns),
    outcome: summary.outcome,
    completed: summary.completed,
    metrics: summary.metrics,
    coverage: summary.coverage,
  };
}

/** How many of the traces show each pattern, the most frequent first. */
export function countPatterns(summaries: readonly Summary[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { notable_patterns } of summaries)
    for (const id of new Set(notable_patterns)) counts.set(id, (counts.get(id) ?? 0) + 1);
  return Object.fromEntries([...counts].toSorted(([left, a], [right, b]) => b - a || (left < right ? -1 : 1)));
}
