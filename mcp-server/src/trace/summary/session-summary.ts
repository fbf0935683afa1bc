import { truncate } from "../values/names.ts";
import { createWarnings } from "../values/warnings.ts";
import type { NumberedRow } from "../turns/draft.ts";
import { toForeign, type TurnFiles } from "../turns/committed.ts";
import { toRecurring, uniqueTraits, type Trait } from "../turns/recurring.ts";
import type { TurnRow } from "../turns/row.ts";
import type { Memory } from "../patterns/all.ts";
import type { EarlierTurn } from "../run/earlier-turns.ts";
import type { TurnCommits } from "../run/afterwards.ts";
import { fitSummary } from "./fit.ts";
import { findInSession } from "./session-patterns.ts";
import type { Summary } from "./schema.ts";
import { NOTHING_OUTSIDE, withOutside, type Outside } from "./outside.ts";
import { sumOf, toAgents, toCoverage, toErrors, toMetrics, toPatterns, toToolUsage } from "./session-sums.ts";

/** A trace of a session as the summary of the whole session needs it. `summary` is the trace's own. */
export type SessionTurn = {
  readonly summary: Summary;
  readonly row: TurnRow;
  readonly traits: readonly Trait[];
  readonly files: TurnFiles;
  /** The short hashes of the commits that it is known to have made. */
  readonly commits: readonly string[];
  readonly isHuman: boolean;
  /** Milliseconds since 1970; null when no time is recorded. */
  readonly startedAt: number | null;
  /** What later turns have to know of it, and what it has to ask of earlier ones. */
  readonly digest: EarlierTurn | null;
  readonly memories: readonly Memory[];
};

/** What is known of a session beside its turns. `warnings`: oddities of the reading, by code. */
export type SessionFacts = {
  readonly id: string;
  readonly warnings: readonly { code: string; count: number }[];
  /** Its own scores, not those of its traces. */
  readonly outside?: Outside;
};

/** The id under which a session's summary is known. */
export function toSessionTraceId(sessionId: string): string {
  return `session:${sessionId}`;
}

/**
 * One summary of all turns of a session: the goal is its first human prompt, counts are sums, the outcome is that of its last
 * turn with work in it. A function of the set of turns. Throws nothing; without turns it is an empty run of unknown
 * outcome.
 */
export function toSessionSummary(
  { id, warnings: odd, outside = NOTHING_OUTSIDE }: SessionFacts,
  given: readonly SessionTurn[],
): Summary {
  const isWhole = !odd.some(({ code }) => MISSING.has(code));
  const turns = withForeign(withSessionPatterns(given.toSorted(byStart), isWhole), isWhole);
  const summaries = turns.map(({ summary }) => summary);
  const rows = toRows(turns);
  const last = summaries.findLast(({ metrics }) => metrics.tool_calls > 0) ?? summaries.at(-1);
  const warnings = createWarnings(odd);
  for (const { warnings: own } of summaries) for (const { code, count } of own) warnings.add(code, count);
  const outcome = last?.outcome ?? "unknown";
  const patterns = toPatterns(turns);
  const metrics = toMetrics(summaries, outcome);
  const summary: Summary = {
    trace_id: toSessionTraceId(id),
    goal: turns.find(({ isHuman, summary: { goal } }) => isHuman && goal !== null)?.summary.goal ?? null,
    duration_ms: sumOf(summaries.map(({ duration_ms }) => duration_ms)),
    tasks: sumOf(summaries.map(({ tasks }) => tasks)),
    subagents: [...new Set(summaries.flatMap(({ subagents }) => subagents))].toSorted().slice(0, 20),
    tool_usage: toToolUsage(summaries),
    notable_patterns: patterns.map((pattern) => pattern.id),
    outcome,
    outcome_basis: last?.outcome_basis ?? null,
    schema_version: 2,
    agent: toAgents(summaries),
    scores: [],
    scope: "session",
    turns: [],
    turns_folded: 0,
    recurring: toRecurring(traitsOf(turns)).map(({ kind, what, where }) => ({
      kind,
      what: truncate(what, 100),
      turns: where.slice(0, 20),
    })),
    completed: summaries.at(-1)?.completed ?? false,
    started_at: summaries.find(({ started_at }) => started_at !== null)?.started_at ?? null,
    session_id: truncate(id, 100),
    session: null,
    task_durations: [],
    hierarchy: [],
    phases: [],
    errors: toErrors(summaries),
    patterns,
    metrics,
    coverage: toCoverage(summaries),
    warnings: warnings
      .list()
      .map((warning) => ({ ...warning }))
      .slice(0, 50),
  };
  return fitSummary(
    withOutside(summary, outside, commitsOf(turns)),
    rows,
    () => [],
    () => [],
  );
}

/** What says that turns of the session are missing. */
const MISSING: ReadonlySet<string> = new Set(["session_cut", "turn_not_read"]);

function withSessionPatterns(turns: readonly SessionTurn[], isWhole: boolean): readonly SessionTurn[] {
  const found = findInSession(turns, isWhole);
  return turns.map((turn, at) => {
    const patterns = [...turn.summary.patterns, ...(found[at] ?? [])];
    return { ...turn, summary: { ...turn.summary, patterns } };
  });
}

/** Each turn's row says which files its commits took that the session had not changed, where all of the session is known. */
function withForeign(turns: readonly SessionTurn[], isWhole: boolean): readonly SessionTurn[] {
  const foreign = isWhole ? toForeign(turns.map(({ files }) => files)) : [];
  return turns.map((turn, at) => {
    const note = foreign[at] ?? null;
    return note === null ? turn : { ...turn, row: { ...turn.row, git: [...turn.row.git, note] } };
  });
}

function byStart(left: SessionTurn, right: SessionTurn): number {
  const [a, b] = [left.startedAt ?? Infinity, right.startedAt ?? Infinity];
  if (a !== b) return a < b ? -1 : 1;
  return left.summary.trace_id < right.summary.trace_id ? -1 : Number(left.summary.trace_id > right.summary.trace_id);
}

/** A row for each turn that a human began; what Claude Code began by itself goes on with the turn before it. */
function toRows(turns: readonly SessionTurn[]): readonly NumberedRow[] {
  const rows: NumberedRow[] = [];
  for (const { row, isHuman } of turns) {
    const before = rows.at(-1);
    if (isHuman || before === undefined) rows.push({ ...row, turn: rows.length + 1 });
    else rows[rows.length - 1] = joinRows(before, row);
  }
  return rows;
}

function joinRows(before: NumberedRow, later: TurnRow): NumberedRow {
  return {
    ...before,
    did: [...before.did, ...later.did],
    unchecked: [...new Set([...before.unchecked, ...later.unchecked])],
    git: [...before.git, ...later.git],
    refused: [...before.refused, ...later.refused],
    openTasks: later.did.length > 0 ? later.openTasks : before.openTasks,
    end: later.did.length > 0 ? later.end : before.end,
  };
}

/** The traces of each row of the table. */
function byRow(turns: readonly SessionTurn[]): readonly (readonly SessionTurn[])[] {
  const rows: SessionTurn[][] = [];
  for (const turn of turns) {
    if (turn.isHuman || rows.length === 0) rows.push([]);
    rows.at(-1)?.push(turn);
  }
  return rows;
}

function commitsOf(turns: readonly SessionTurn[]): readonly TurnCommits[] {
  return byRow(turns).map((row, at) => ({ turn: at + 1, commits: row.flatMap(({ commits }) => commits) }));
}

/** The traits of each row of the table. */
function traitsOf(turns: readonly SessionTurn[]): readonly (readonly Trait[])[] {
  const all = byRow(turns).map((row) => row.flatMap(({ traits }) => traits));
  // A row that joins two traces may show a trait twice.
  return all.map(uniqueTraits);
}
