import type { TraceFacts } from "../../../mcp-server/src/trace/rows/reducer.ts";
import type { Summary } from "../../../mcp-server/src/trace/summary/schema.ts";
import { type EarlierTurns, toEarlierTurn, toEarlierTurns } from "../../../mcp-server/src/trace/run/earlier-turns.ts";
import { assess } from "../../../mcp-server/src/trace/summary/summary.ts";
import { createRandom, factsOf, factsOfRows, shuffle } from "../trace/traces.ts";
import type { LegacyTrace } from "../langfuse/store.ts";
import { toV2Rows } from "../langfuse/v2-rows.ts";
import type { Host } from "./hosts.ts";
import type { Plant } from "./patterns.ts";
import { endOf, moveTrace } from "../langfuse/traces.ts";

/** Without what they say of paths: the rows of some exporters do not name the folder that their traces name. */
export type Patterns = readonly Omit<Summary["patterns"][number], "detail">[];

/** What is found in a planted trace, however a server spells it and in whatever order its rows come. */
export interface Result {
  readonly patterns: Patterns;
  /** the same trace as rows of `v2/observations`, and shuffled below a synthetic root */
  readonly others: readonly Patterns[];
  readonly planted: ReadonlySet<string>;
}

/** Plants into a clean turn and reads what came of it, with the earlier turns of its session where it has any. */
export function plantInto(host: Host, plant: Pick<Plant, "steps" | "isInterrupted" | "earlier">): Result {
  const { trace, planted } = host.plant(plant.steps, plant.isInterrupted === true);
  const earlier = (plant.earlier ?? []).map((steps, at) =>
    moveTrace(host.plant(steps, false).trace, `${trace.id}-${at}`, (at + 1) * 3600, endOf(trace)),
  );
  const v2 = toV2Rows(trace, { projectId: "project", hasSyntheticRoot: host.isIngested, hasNoRootMark: false });
  const odd = toV2Rows(trace, { projectId: "project", hasSyntheticRoot: true, hasNoRootMark: false });
  return {
    patterns: patternsOf(factsOf(trace), earlier),
    others: [
      patternsOf(factsOfRows(trace.id, [v2]), earlier),
      patternsOf(factsOfRows(trace.id, [shuffle(odd, createRandom(odd.length))]), earlier),
      patternsOf(factsOf({ ...trace, observations: shuffle(trace.observations, createRandom(1)) }), earlier),
    ],
    planted,
  };
}

function patternsOf(facts: TraceFacts, earlier: readonly LegacyTrace[]): Patterns {
  const { session, toSummary } = assess(facts);
  const { patterns } = toSummary(session === null ? null : earlierTurnsOf(earlier, session.startedAt));
  return patterns.map(({ detail: _detail, ...finding }) => finding);
}

function earlierTurnsOf(earlier: readonly LegacyTrace[], startedAt: number): EarlierTurns {
  const turns = earlier.flatMap((trace) => toEarlierTurn(factsOf(trace)) ?? []);
  return toEarlierTurns(turns, startedAt, true);
}
