import type { Summary } from "../core/schema.ts";
import { UNREAD } from "../core/session/memory.ts";
import { LangfuseFailure } from "../langfuse/failure.ts";
import type { ReadTrace } from "../langfuse/reader.ts";
import type { Source } from "./source.ts";

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
