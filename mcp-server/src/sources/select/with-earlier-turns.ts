import type { Summary } from "../../trace/summary/schema.ts";
import { UNREAD } from "../../trace/run/earlier-turns.ts";
import { SourceFailure, type ReadTrace } from "../port.ts";
import { isOwnTurn } from "./skip-reasons.ts";
import type { Call } from "../selected-traces.ts";
import { mayStillGrow } from "./skip-reasons.ts";

/** The summary of a trace with its session's earlier turns; what keeps these from being read must not cost the audit. */
export async function summarize({ source, signal, now }: Call, trace: ReadTrace): Promise<Summary> {
  const { api, traceId, session, toSummary } = trace;
  const odd = mayStillGrow(trace, now) ? [{ code: "rows_may_still_arrive", count: 1 }] : [];
  if (session === null) return toSummary(null, odd);
  try {
    const earlier = await source.readEarlierTurns({ api, traceId, session }, signal);
    // An audit is no verdict on the turn before it.
    return toSummary(isOwnTurn(earlier.after ?? null) ? { ...earlier, after: null } : earlier, odd);
  } catch (error) {
    if (!(error instanceof SourceFailure)) throw error;
    return toSummary(UNREAD, odd);
  }
}
