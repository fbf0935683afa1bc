import type { Summary } from "../../trace/summary/schema.ts";
import { UNREAD, type EarlierTurns } from "../../trace/run/earlier-turns.ts";
import { SourceFailure, type ReadTrace } from "../port.ts";
import type { Call } from "../selected-traces.ts";
import { askScores } from "./ask-scores.ts";
import { isOwnTurn, mayStillGrow } from "./skip-reasons.ts";

/**
 * The summary of a trace with its session's turns beside it and its scores; what keeps these from being read must not cost the
 * audit.
 */
export async function summarize(call: Call, trace: ReadTrace): Promise<Summary> {
  const { traceId, scores } = trace;
  const graded =
    scores === null
      ? askScores(call, { kind: "trace", id: traceId })
      : async () => Promise.resolve({ scores, decisive: call.outcomeScore });
  const odd = mayStillGrow(trace, call.now) ? [{ code: "rows_may_still_arrive", count: 1 }] : [];
  const earlier = await earlierTurns(call, trace);
  const history = trace.commits.length === 0 ? null : await call.history();
  return trace.toSummary(earlier, { graded: await graded(), history }, odd);
}

async function earlierTurns(
  { source, signal }: Call,
  { api, traceId, session }: ReadTrace,
): Promise<EarlierTurns | null> {
  if (session === null) return null;
  try {
    const earlier = await source.readEarlierTurns({ api, traceId, session }, signal);
    // An audit is no verdict on the turn before it.
    return isOwnTurn(earlier.after ?? null) ? { ...earlier, after: null } : earlier;
  } catch (error) {
    if (!(error instanceof SourceFailure)) throw error;
    return UNREAD;
  }
}
