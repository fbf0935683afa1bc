import { digest } from "../exporters/rows.ts";
import { asObject, type LegacyObservation, type LegacyTrace, parseLegacyTrace, textOf } from "../langfuse/store.ts";
import { moveTrace, readFixture } from "../langfuse/traces.ts";

/** How a trace reaches the server: as an OpenTelemetry exporter sends it, or as the SDK before version 4 does. */
export type Route = "otlp" | "ingestion";

/** A trace to send, with ids of its own and times of today, and what came of sending it. */
export interface LiveTrace {
  /** the fixture's name */
  readonly name: string;
  readonly route: Route;
  readonly trace: LegacyTrace;
}

const sent = [
  ["otlp", "native-otel/rich-content"],
  ["otlp", "official-plugin-v1-cleantranscript/rich-default"],
  ["otlp", "agent-sdk-openinference/rich"],
  ["ingestion", "pdhoolia-plugin/rich"],
  ["ingestion", "pdhoolia-plugin/interrupted"],
] as const;

/**
 * The traces of one run. `run` makes their ids, so that no two runs meet in one project, and each is the first turn of a
 * session of its own; they end two minutes before `now` (milliseconds since 1970).
 */
export function liveTraces(run: string, now: number): readonly LiveTrace[] {
  return sent.map(([route, name]) => {
    const moved = moveTrace(ofItsOwnSession(readFixture(name), run), digest(`${run} ${name}`, 32), 120, now);
    return {
      name,
      route,
      trace: { ...moved, observations: moved.observations.map((row) => renamed(row, `${run} ${name}`)) },
    };
  });
}

function ofItsOwnSession(trace: LegacyTrace, run: string): LegacyTrace {
  const session = textOf(trace.sessionId);
  if (session === null) return trace;
  const own = digest(`${run} ${trace.id} ${session}`, 32);
  return parseLegacyTrace(JSON.stringify(trace).replaceAll(session, own));
}

function renamed(row: LegacyObservation, seed: string): LegacyObservation {
  const parent = textOf(row.parentObservationId);
  const id = (old: string): string => digest(`${seed} ${old}`, 16);
  return { ...row, id: id(row.id), parentObservationId: parent === null ? null : id(parent) };
}

/** The metadata of a row as an object. */
export const metadataOf = (row: LegacyObservation): Readonly<Record<string, unknown>> => asObject(row.metadata);
