import type { LegacyTrace } from "../langfuse/stand-in.ts";
import { endOf, moveTrace, readFixture } from "../langfuse/traces.ts";

const STEP_SECONDS = 3600;

/** Traces with their times moved: the first was exported an hour ago, each further one an hour before. */
export function asRecent(traces: readonly LegacyTrace[]): LegacyTrace[] {
  return traces.map((trace, at) => {
    // Some exporters write a root that starts when it is exported, after all else has ended; it may not lie ahead.
    const lag = Math.max(...trace.observations.map(({ startTime }) => Date.parse(startTime))) - endOf(trace);
    return moveTrace(trace, trace.id, (at + 1) * STEP_SECONDS + Math.max(0, lag / 1000));
  });
}

/** Recorded traces, such as "native-otel/rich-content", so recent that `last` and `sample:N` find them whenever this runs. */
export function recentTraces(names: readonly string[]): LegacyTrace[] {
  return asRecent(names.map(readFixture));
}
