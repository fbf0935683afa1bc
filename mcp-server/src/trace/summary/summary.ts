import { toAgent } from "../run/agent.ts";
import { toCoverage } from "../run/coverage.ts";
import { toErrors } from "./error-counts.ts";
import { fitSummary } from "./fit.ts";
import { toReason } from "./why-incomplete.ts";
import { toGoal, type Goal } from "../run/goal.ts";
import { toHierarchy } from "./hierarchy.ts";
import { toMetrics } from "../run/metrics.ts";
import { uniquePlaces, type Place } from "../rows/place.ts";
import { toOneLine, truncate } from "../values/names.ts";
import { toEnding, toOutcome, type Ending } from "../run/outcome.ts";
import { findPatterns, rememberTurn, type Found } from "../patterns/all.ts";
import { showFound } from "./session-patterns.ts";
import type { TraceFacts } from "../rows/reducer.ts";
import type { Summary } from "./schema.ts";
import type { SessionTurn } from "./session-summary.ts";
import { digestTurn, type EarlierTurns } from "../run/earlier-turns.ts";
import { toPlace } from "./place-in-session.ts";
import { toPhases } from "./phases.ts";
import { toExporter } from "../exporters/recognise.ts";
import type { Exporter } from "../exporters/exporter.ts";
import { toSubagents } from "../run/subagents.ts";
import { toTasks, type TaskList } from "../run/tasks.ts";
import { toIso } from "../values/time.ts";
import { containersOf, toTimeline, type Timeline } from "../timeline/timeline.ts";
import { toToolUsage } from "./tool-usage.ts";
import { NOTHING_OUTSIDE, withOutside, type Outside } from "./outside.ts";
import type { NumberedRow } from "../turns/draft.ts";
import { toEvidence } from "../turns/outcome-basis.ts";
import { toTurnFiles } from "../turns/committed.ts";
import { toTraits } from "../turns/recurring.ts";
import { toRow } from "../turns/row.ts";
import { ofMain, toSteps, type Did } from "../turns/steps.ts";
import { createWarnings, type Warning } from "../values/warnings.ts";

/** What the selectors need to know of a trace, and its summary when it is wanted. Times are milliseconds since 1970. */
export type Assessed = {
  readonly traceId: string;
  readonly traceName: string | null;
  /** The id of the exporter that wrote it. */
  readonly exporter: string;
  readonly goal: string | null;
  readonly isHuman: boolean;
  /** Why `completed` is false, for `skipped`; null when it is true. */
  readonly incompleteReason: string | null;
  readonly endedAt: number | null;
  /**
   * Its session and when its first observation started, or null when either is not recorded. Null too for a request to a
   * proxy, whose history is the session.
   */
  readonly session: { readonly id: string; readonly startedAt: number } | null;
  /**
   * Of a trace that is one request to a proxy: whether it is certain that the main agent asked, and how many calls its
   * history and answer hold. Null for other traces.
   */
  readonly request: { readonly isMain: boolean; readonly calls: number } | null;
  /** Where the run took place, as far as the trace says; empty when that is not recorded. */
  readonly places: () => readonly Place[];
  /** The short hashes of the commits that it is known to have made. */
  readonly commits: readonly string[];
  /** `earlier` is null for a trace without a session; `odd` is what is odd about the reading. */
  readonly toSummary: (earlier: EarlierTurns | null, outside?: Outside, odd?: readonly Warning[]) => Summary;
  /** The trace as one of a session's, for the summary of all of them. */
  readonly toSessionTurn: () => SessionTurn;
};

const MAX_TOOLS = 40;
const MAX_SUBAGENTS = 20;
const MAX_TASKS = 20;
const PROJECT_NOT_RECORDED = "project_not_recorded";

/** Reads a trace's facts: a function of its rows alone, the same result in whatever order they came. */
export function assess(facts: TraceFacts): Assessed {
  const exporter = toExporter(facts);
  const timeline = toTimeline(facts, exporter);
  const goal = toGoal(timeline);
  const ending = toEnding(timeline);
  const startedAt = timeline.events[0]?.start ?? null;
  const commits = commitsOf(timeline);
  // Made where they are asked for, and not kept: a list of traces is assessed without them.
  const read = (): Omit<Read, "commits" | "odd"> => ({
    facts,
    exporter,
    timeline,
    goal,
    ending,
    tasks: toTasks(timeline),
    allSteps: toSteps(timeline),
  });
  return {
    traceId: facts.traceId,
    traceName: facts.traceName,
    exporter: exporter.id,
    goal: goal.text,
    isHuman: goal.isHuman,
    incompleteReason: ending.completed ? null : toReason(timeline, ending),
    endedAt: timeline.timing.endedAt,
    session:
      facts.columnSession === null || startedAt === null || facts.askers.size > 0
        ? null
        : { id: facts.columnSession, startedAt },
    request: facts.askers.size === 0 ? null : { isMain: facts.askers.has("main"), calls: facts.derived.length },
    places: () => uniquePlaces([...placesInRows(timeline), ...(facts.trace?.container?.places ?? [])]),
    commits,
    toSummary: (earlier, outside = NOTHING_OUTSIDE, odd = []) =>
      toSummary({ ...read(), commits, odd }, earlier, outside),
    toSessionTurn: () => {
      const turn = read();
      const { summary } = toUnfitted({ ...turn, commits, odd: [] }, null);
      const steps = ofMain(turn.allSteps);
      const { coverage } = summary;
      const memories = rememberTurn({ timeline, ending, coverage, isHuman: goal.isHuman, said: goal.said });
      return {
        summary,
        row: toRow({ ...turn, steps }),
        traits: toTraits(steps, timeline),
        files: toTurnFiles(steps, timeline),
        commits,
        isHuman: goal.isHuman,
        startedAt,
        digest: digestTurn(timeline, goal, coverage),
        memories,
      };
    },
  };
}

/** Whoever made them: a subagent's work is the run's. */
function commitsOf({ calls }: Timeline): readonly string[] {
  const made = new Set<string>();
  for (const { commits } of calls) for (const commit of commits) made.add(commit);
  return [...made];
}

/**
 * What the rows say of where the run took place. Some exporters say it on the trace alone, which one of Langfuse's two APIs
 * does not show; a summary, which is the same through both, cannot go by that.
 */
function placesInRows(timeline: Timeline): readonly Place[] {
  return timeline.turns.length === 0 ? [] : containersOf(timeline).flatMap(({ places }) => places);
}

type Read = {
  readonly facts: TraceFacts;
  readonly exporter: Exporter;
  readonly timeline: Timeline;
  readonly goal: Goal;
  readonly ending: Ending;
  readonly tasks: TaskList;
  /** Those of all agents, see turns/steps.ts. */
  readonly allSteps: readonly Did[];
  readonly commits: readonly string[];
  readonly odd: readonly Warning[];
};

/** The Trace Audit Summary. */
function toSummary(read: Read, earlier: EarlierTurns | null, outside: Outside): Summary {
  const { timeline, allSteps, commits } = read;
  const { summary: inside, found } = toUnfitted(read, earlier);
  const turn = inside.session?.turn ?? null;
  const summary = withOutside(inside, outside, [{ turn, commits }]);
  const foldPhases = toPhases(timeline, found, summary.coverage.errors !== "not_recorded");
  const row = toRow({ ...read, steps: ofMain(allSteps) });
  const [before = [], after = []] = wordsBeside(earlier, turn);
  return fitSummary(summary, [...before, { ...row, turn }, ...after], toHierarchy(timeline), foldPhases);
}

/** All of it but what is folded until it fits: the span tree, the phases and the table of turns. */
function toUnfitted(
  { facts, exporter, timeline, goal, ending, tasks, allSteps, odd }: Read,
  earlier: EarlierTurns | null,
): { readonly summary: Summary; readonly found: readonly Found[] } {
  const evidence = toEvidence(allSteps, timeline, ending);
  const outcome = toOutcome(timeline, ending, tasks, evidence);
  const coverage = toCoverage(timeline, exporter, goal);
  const found = findPatterns({ timeline, ending, coverage, earlier, isHuman: goal.isHuman, said: goal.said });
  const warnings = createWarnings([...facts.warnings.list(), ...odd]);
  for (const code of exporter.loses) warnings.add(code);
  if (exporter.isKnownFromSource === true) warnings.add("exporter_known_from_source");
  if (goal.isRedacted)
    warnings.add(exporter.showsPrompts === undefined ? "goal_redacted" : `goal_redacted_set_${exporter.showsPrompts}`);
  warnings.add("observation_without_end", timeline.openRows);
  warnings.add("missing_parent", timeline.danglingRows);
  if (placesInRows(timeline).length === 0 && !exporter.loses.includes(PROJECT_NOT_RECORDED))
    warnings.add(PROJECT_NOT_RECORDED);
  const session = toPlace(earlier, goal.isHuman, timeline.paths);
  if (earlier !== null && session === null) warnings.add("session_not_read");
  const subagents = toSubagents(timeline);
  warnings.add("more_subagents", Math.max(0, subagents.length - MAX_SUBAGENTS));
  warnings.add("more_tasks", Math.max(0, tasks.durations.length - MAX_TASKS));
  const { startedAt, durationMs } = timeline.timing;
  const summary: Summary = {
    trace_id: facts.traceId,
    goal: goal.text,
    duration_ms: durationMs === null ? null : Math.round(durationMs),
    tasks: tasks.count,
    subagents: subagents.slice(0, MAX_SUBAGENTS),
    tool_usage: toToolUsage(
      timeline.calls.map(({ tool }) => tool),
      MAX_TOOLS,
    ),
    notable_patterns: found.map(({ id }) => id),
    outcome,
    outcome_basis: outcome === "unknown" ? null : evidence,
    schema_version: 2,
    agent: toAgent(timeline),
    scores: [],
    scope: "turn",
    turns: [],
    turns_folded: 0,
    recurring: [],
    completed: ending.completed,
    started_at: startedAt === null || durationMs === null ? null : toIso(startedAt),
    session_id: facts.sessionId === null ? null : truncate(toOneLine(facts.sessionId), 100),
    session,
    task_durations: tasks.durations.slice(0, MAX_TASKS).map((task) => ({ ...task })),
    hierarchy: [],
    phases: [],
    errors: toErrors(timeline, ending),
    patterns: found.map(showFound),
    metrics: toMetrics(timeline, tasks, outcome, coverage.subagents),
    coverage,
    warnings: warnings.list().map((warning) => ({ ...warning })),
  };
  return { summary, found };
}

/** The human's words of the turn before that a human began, and of the turn after; either may not have been read. */
function wordsBeside(earlier: EarlierTurns | null, turn: number | null): readonly (readonly NumberedRow[])[] {
  const before = earlier?.turns.findLast(({ isHuman }) => isHuman)?.said ?? null;
  const after = earlier?.after ?? null;
  const nothing = {
    did: [],
    unchecked: [],
    git: [],
    refused: [],
    openTasks: 0,
    end: "unknown",
    isBeside: true,
  } as const;
  const toRows = (human: string | null, number: number | null): readonly NumberedRow[] =>
    human === null ? [] : [{ ...nothing, turn: number, human }];
  return [
    toRows(before, turn === null || turn === 1 ? null : turn - 1),
    toRows(after, turn === null ? null : turn + 1),
  ];
}
