import { isRecord, own, text, parseRecord, type JsonRecord } from "../../trace/values/json.ts";
import { parseAfterwards, type Afterwards } from "./afterwards.ts";
import {
  namesOfRecurring,
  parsePatterns,
  parseRecurring,
  parseTurns,
  recordsAt,
  type PatternShown,
  type RecurringRow,
  type TurnRow,
} from "./rows.ts";

/** What audits read of a Trace Audit Summary. */
export type SummaryFacts = {
  readonly trace_id: string;
  readonly goal: string | null;
  /** ISO 8601. */
  readonly started_at: string | null;
  readonly session_id: string | null;
  /** How many tasks the run's list has; null when that is hidden. */
  readonly tasks: number | null;
  readonly duration_ms: number | null;
  readonly outcome: string | null;
  /** What the outcome rests on; null where the trace does not tell. */
  readonly outcome_basis: string | null;
  /** The version of Claude Code, and the model that did most of the main agent's work; null where not recorded. */
  readonly cli: string | null;
  readonly model: string | null;
  /** Null where nothing is known of the run's commits. */
  readonly afterwards: Afterwards | null;
  readonly notable_patterns: readonly string[];
  /** `turn` or `session`. */
  readonly scope: string | null;
  /** How many turns of the session came before the audited one; null in session scope, or when that is not known. */
  readonly earlier_turns: number | null;
  readonly turns: readonly TurnRow[];
  /** Turns that have no row, because the table would be too long. */
  readonly turns_folded: number;
  readonly recurring: readonly RecurringRow[];
  /** The notable patterns with what was counted. */
  readonly patterns: readonly PatternShown[];
  /** Aspect -> how far the trace can be trusted in it, such as `order` -> `not_recorded`. */
  readonly coverage: Readonly<Record<string, string>>;
  /** Metric name -> value; null was not recorded. */
  readonly metrics: Readonly<Record<string, number | boolean | null>>;
  /**
   * What an issue can cite, by the name that it is cited by -> what stands there. Patterns by their id, rows of the table
   * as `turn:4`, recurring things as `recurring:missing_path:src/a.ts`, or all of a kind as `recurring:missing_path`, metrics
   * that were recorded as `metrics.tool_calls`, a tool's calls as `tool_usage.bash` and its errors as `errors.bash`, what the
   * repository knows as `afterwards`.
   */
  readonly evidence: ReadonlyMap<string, string>;
};

/** Reads a summary's JSON text, or null when it is none. */
export function parseFacts(json: string): SummaryFacts | null {
  const value = parseRecord(json);
  if (value === null) return null;
  const traceId = text(own(value, "trace_id"));
  const patterns = own(value, "notable_patterns");
  const recorded = own(value, "metrics");
  if (traceId === null || !Array.isArray(patterns) || !isRecord(recorded)) return null;
  const notable_patterns = patterns.filter((id) => typeof id === "string");
  const metrics = Object.fromEntries(Object.entries(recorded).filter(isMetric));
  return {
    trace_id: traceId,
    goal: text(own(value, "goal")),
    started_at: text(own(value, "started_at")),
    session_id: text(own(value, "session_id")),
    tasks: toCount(own(value, "tasks")),
    duration_ms: toCount(own(value, "duration_ms")),
    outcome: text(own(value, "outcome")),
    outcome_basis: text(own(value, "outcome_basis")),
    ...toAgent(own(value, "agent")),
    afterwards: parseAfterwards(own(value, "afterwards")),
    notable_patterns,
    scope: text(own(value, "scope")),
    earlier_turns: toEarlier(own(value, "session")),
    turns: parseTurns(value),
    turns_folded: toCount(own(value, "turns_folded")) ?? 0,
    recurring: parseRecurring(value),
    patterns: parsePatterns(value),
    coverage: toTexts(own(value, "coverage")),
    metrics,
    evidence: toEvidence(value, notable_patterns, metrics),
  };
}

function toAgent(agent: unknown): Pick<SummaryFacts, "cli" | "model"> {
  if (!isRecord(agent)) return { cli: null, model: null };
  const models = own(agent, "models");
  return { cli: text(own(agent, "cli")), model: text(Array.isArray(models) ? models[0] : null) };
}

function toEvidence(
  summary: JsonRecord,
  patterns: readonly string[],
  metrics: SummaryFacts["metrics"],
): ReadonlyMap<string, string> {
  const evidence = new Map(patterns.map((id) => [id, ""]));
  // What is cited by one name may stand there twice, as two missing paths do.
  const add = (name: string, shown: unknown): void => {
    evidence.set(name, `${evidence.get(name) ?? ""}${JSON.stringify(shown)} `);
  };
  for (const row of recordsAt(summary, "patterns")) {
    const id = text(own(row, "id"));
    if (id !== null && evidence.has(id)) add(id, [own(row, "count"), own(row, "detail")]);
  }
  for (const row of recordsAt(summary, "turns")) add(`turn:${JSON.stringify(own(row, "turn") ?? null)}`, row);
  for (const row of parseRecurring(summary)) for (const name of namesOfRecurring(row)) add(name, row);
  const afterwards = parseAfterwards(own(summary, "afterwards"));
  if (afterwards !== null) add(AFTERWARDS, afterwards);
  for (const [name, value] of Object.entries(metrics)) if (value !== null) add(METRIC + name, value);
  const usage = own(summary, "tool_usage");
  for (const [tool, calls] of isRecord(usage) ? Object.entries(usage) : []) add(`tool_usage.${tool}`, calls);
  for (const row of recordsAt(summary, "errors"))
    add(`errors.${text(own(row, "tool")) ?? ""}`, [own(row, "kind"), own(row, "count")]);
  return evidence;
}

function toTexts(value: unknown): Readonly<Record<string, string>> {
  const entries = isRecord(value) ? Object.entries(value) : [];
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

function toEarlier(session: unknown): number | null {
  return isRecord(session) ? toCount(own(session, "earlier_turns")) : null;
}

/** A whole number of at most nine digits, which is eleven days of milliseconds; null for anything else. */
function toCount(value: unknown): number | null {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value < 1e9 ? value : null;
}

function isMetric(entry: [string, unknown]): entry is [string, number | boolean | null] {
  return entry[1] === null || typeof entry[1] === "number" || typeof entry[1] === "boolean";
}

/** By which an issue cites what the repository knows of a run's commits. */
export const AFTERWARDS = "afterwards";
const METRIC = "metrics.";
const TURN = "turn:";

/**
 * How many of the summaries show a piece of evidence. A row of the table is of one session, so it counts once even where
 * other sessions have a row of that number.
 */
export function countEvidence(name: string, facts: readonly SummaryFacts[]): number {
  const showing = facts.filter(({ evidence }) => evidence.has(name)).length;
  return name.startsWith(TURN) ? Math.min(1, showing) : showing;
}

/** Everything that can be cited, for a reason that says what there is. */
export function citable(facts: readonly SummaryFacts[]): readonly string[] {
  return [...new Set(facts.flatMap(({ evidence }) => [...evidence.keys()]))];
}
