import { toScores, type Score, type Subject } from "../../trace/rows/score.ts";
import { isFailure, LangfuseFailure, type FailureKind } from "./failure.ts";
import { SCORE_ROUTES, type Requests } from "./requests.ts";
import type { Routes } from "./routes.ts";

/** Answers of a route that mean "ask the one before it". */
const MISSING: readonly FailureKind[] = ["route_missing", "route_closed", "events_only", "not_found"];

/**
 * The scores of a trace or session, by the newest route that the server has; at most the newest hundred. None where it has
 * no route, null when they could not be read. Never throws a LangfuseFailure, and nothing is asked twice.
 */
export async function readScores(
  requests: Requests,
  routes: Routes,
  subject: Subject,
  signal: AbortSignal,
): Promise<readonly Score[] | null> {
  for (const route of SCORE_ROUTES.slice(routes.scores)) {
    try {
      const rows = await requests.scores(route, subject, signal);
      routes.scores = SCORE_ROUTES.indexOf(route);
      return toScores(rows, subject);
    } catch (error) {
      if (!(error instanceof LangfuseFailure)) throw error;
      if (!isFailure(error, MISSING)) return null;
      routes.scores = SCORE_ROUTES.indexOf(route) + 1;
    }
  }
  return [];
}
