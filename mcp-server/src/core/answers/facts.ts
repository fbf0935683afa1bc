import { isRecord, own, text, parseRecord } from "../json.ts";

/** What of a Trace Audit Summary the checks of answers and plans look at. */
export type SummaryFacts = {
  readonly trace_id: string;
  readonly goal: string | null;
  readonly started_at: string | null;
  readonly outcome: string | null;
  readonly notable_patterns: readonly string[];
  /** Metric name -> value; null was not recorded. */
  readonly metrics: Readonly<Record<string, number | boolean | null>>;
};

/** Reads a summary's JSON text, or null when it is none. */
export function parseFacts(json: string): SummaryFacts | null {
  const value = parseRecord(json);
  if (value === null) return null;
  const traceId = text(own(value, "trace_id"));
  const patterns = own(value, "notable_patterns");
  const metrics = own(value, "metrics");
  if (traceId === null || !Array.isArray(patterns) || !isRecord(metrics)) return null;
  return {
    trace_id: traceId,
    goal: text(own(value, "goal")),
    started_at: text(own(value, "started_at")),
    outcome: text(own(value, "outcome")),
    notable_patterns: patterns.filter((id) => typeof id === "string"),
    metrics: Object.fromEntries(Object.entries(metrics).filter(isMetric)),
  };
}

function isMetric(entry: [string, unknown]): entry is [string, number | boolean | null] {
  return entry[1] === null || typeof entry[1] === "number" || typeof entry[1] === "boolean";
}

const METRIC = "metrics.";

/** How many of the summaries show a piece of evidence: a pattern by its id, or a metric that was recorded. */
export function countEvidence(evidence: string, facts: readonly SummaryFacts[]): number {
  return facts.filter(({ notable_patterns, metrics }) =>
    evidence.startsWith(METRIC)
      ? Object.hasOwn(metrics, evidence.slice(METRIC.length)) && metrics[evidence.slice(METRIC.length)] !== null
      : notable_patterns.includes(evidence),
  ).length;
}

/** Everything that can be cited, for a reason that says what there is. */
export function citable(facts: readonly SummaryFacts[]): readonly string[] {
  const patterns = facts.flatMap(({ notable_patterns }) => notable_patterns);
  const metrics = facts.flatMap(({ metrics }) =>
    Object.keys(metrics).flatMap((name) => (metrics[name] === null ? [] : [METRIC + name])),
  );
  return [...new Set([...patterns, ...metrics])];
}
