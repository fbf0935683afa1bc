import { z } from "zod";
import { Summary, SummaryEntry } from "../trace/summary/schema.ts";
import { limitToolUsage, shortenNames } from "../trace/summary/tool-usage.ts";
import { truncate } from "../trace/values/names.ts";
import type { Selector } from "../audit/audit-argument.ts";
import type { Audited } from "../auditor.ts";
import { plural } from "../trace/values/plural.ts";

/** What `fetch_trace` answers. */
export const FetchTraceOutput = z.strictObject({
  selector: z.string(),
  source: z.strictObject({
    base_url: z.string(),
    api: z.enum(["v2/observations", "legacy", "transcript"]),
    project: z.string().nullable().describe("The name of the Langfuse project that the keys open; null when unknown"),
    window: z.strictObject({ from: z.string(), to: z.string() }).nullable(),
    population: z.int().min(0).nullable(),
  }),
  sample: z
    .strictObject({
      requested: z.int(),
      returned: z.int(),
      note: z.string().nullable(),
      pattern_counts: z.record(z.string(), z.int()),
    })
    .nullable()
    .describe("Of a sample: how many of the returned traces show each pattern"),
  summaries: z.array(z.union([Summary, SummaryEntry])),
  skipped: z.array(z.strictObject({ trace_id: z.string(), reason: z.string() })),
});
type FetchTraceOutput = z.infer<typeof FetchTraceOutput>;

/** How many characters the whole answer of `fetch_trace` may have; Claude Code shows at most 50,000. */
const MAX_ANSWER = 40_000;

/** The answer of `fetch_trace` to what was written, from the traces of a place; below its limit. */
export function toAnswer(written: string, selector: Selector, place: string, selection: Audited): FetchTraceOutput {
  const { api, project, window, population, summaries, skipped } = selection;
  const answer: FetchTraceOutput = {
    selector: written,
    source: { base_url: place, api, project, window, population },
    sample:
      selector.kind !== "sample"
        ? null
        : {
            requested: selector.size,
            returned: summaries.length,
            note: toNote(selector.size, selection),
            pattern_counts: countPatterns(summaries),
          },
    summaries: [],
    skipped: [...skipped],
  };
  let shortest = answer;
  for (shortest of everShorter(answer, summaries)) if (JSON.stringify(shortest).length < MAX_ANSWER) break;
  return shortest;
}

/** The answer with its entries shortened, then with fewer words on what was skipped, then with fewer entries. */
function* everShorter(answer: FetchTraceOutput, summaries: readonly Summary[]): Generator<FetchTraceOutput> {
  for (const kept of [answer.skipped.length, 5, 1]) {
    const skipped = answer.skipped.slice(0, kept).map((one) => ({ ...one, reason: truncate(one.reason, 600) }));
    yield withEntries({ ...answer, skipped }, summaries);
  }
  for (let count = summaries.length - 1; count > 0; count -= 1) {
    const left = summaries.length - count;
    const note = `${left} of the ${plural(summaries.length, "trace")} did not fit into this answer; ask for a smaller sample.`;
    const sample = answer.sample === null ? null : { ...answer.sample, returned: count, note };
    yield withEntries({ ...answer, sample, skipped: [] }, summaries.slice(0, count));
  }
  yield withEntries({ ...answer, skipped: [] }, summaries.slice(0, 1));
}

function withEntries(answer: FetchTraceOutput, summaries: readonly Summary[]): FetchTraceOutput {
  return { ...answer, summaries: [...toEntries(summaries, JSON.stringify(answer).length)] };
}

/** Up to this many traces come with their whole summaries. */
const MAX_WHOLE = 4;

const STEPS = [
  { goal: 80, tools: 8, subagents: 5, names: 100, patterns: 40 },
  { goal: 60, tools: 6, subagents: 4, names: 60, patterns: 40 },
  { goal: 40, tools: 4, subagents: 3, names: 40, patterns: 8 },
  { goal: 20, tools: 2, subagents: 1, names: 30, patterns: 4 },
  { goal: 8, tools: 1, subagents: 0, names: 12, patterns: 1 },
] as const;

/**
 * The summaries as they fit into an answer whose other parts take `used` characters: whole for up to four traces, else
 * the fixed keys with `outcome_basis`, `completed`, `metrics` and `coverage`, all shortened alike until they fit.
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
    outcome_basis: summary.outcome_basis,
    completed: summary.completed,
    metrics: summary.metrics,
    coverage: summary.coverage,
  };
}

/** How many of the traces show each pattern, the most frequent first. */
function countPatterns(summaries: readonly Summary[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { notable_patterns } of summaries)
    for (const id of new Set(notable_patterns)) counts.set(id, (counts.get(id) ?? 0) + 1);
  return Object.fromEntries([...counts].toSorted(([left, a], [right, b]) => b - a || (left < right ? -1 : 1)));
}

function toNote(
  requested: number,
  { summaries, isCut, isBrokenOff = false, population, window }: Audited,
): string | null {
  const since = window === null ? "" : ` since ${window.from.slice(0, 10)}`;
  const notes = [
    isBrokenOff
      ? `Reading ended after ${summaries.length} of the ${plural(requested, "trace")} asked for; \`skipped\` names the rest and says why. Traces that take long to read are the likelier ones to be missing.`
      : summaries.length < requested
        ? `Only ${summaries.length} of the ${plural(requested, "trace")} asked for qualify${since}; \`skipped\` lists those that were passed over.`
        : "",
    isCut ? `There are more traces than could be listed${since}; the draw was from the newest ${population}.` : "",
  ].filter((note) => note !== "");
  return notes.length > 0 ? notes.join(" ") : null;
}
