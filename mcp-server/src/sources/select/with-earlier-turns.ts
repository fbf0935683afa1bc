import type { Summary } from "../../trace/summary/schema.ts";
import { UNREAD } from "../../trace/run/earlier-turns.ts";
import { LangfuseFailure } from "../langfuse/failure.ts";
import type { ReadTrace } from "../langfuse/reader.ts";
import type { Source } from "../port.ts";

/** The summary of a trace with the memory of its session; what keeps that from being read must not cost the audit. */
export async function summarizeInSession(source: Source, trace: ReadTrace, signal: AbortSignal): Promise<Summary> {
  if (trace.session === null) return trace.toSummary(null);
  try {
    const { api, traceId, session } = trace;
    return trace.toSummary(await source.readSession({ api, traceId, session }, signal));
  } catch (error) {
    if (!(error instanceof LangfuseFailure)) throw error;
    return trace.toSummary(UNREAD);
  }
}
