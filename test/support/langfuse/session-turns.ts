import { rowsOfRun, type Steps } from "../trace/steps.ts";
import { asObject, type LegacyTrace, parseLegacyTrace } from "./store.ts";
import { moveTrace } from "./traces.ts";

export type SessionTurn = {
  readonly id: string;
  readonly steps: Steps;
  /** null for a trace that names no session */
  readonly session?: string | null;
  readonly prompt?: string;
};

/** Turns of a session as the official plugin writes them, one trace each, an hour apart, the last one an hour ago. */
export function sessionTurns(turns: readonly SessionTurn[]): readonly LegacyTrace[] {
  return turns.map((turn, at) => moveTrace(toTrace(turn), turn.id, 3600 * (turns.length - at)));
}

function toTrace({ id, steps, session = "s1", prompt = `Do the work of ${id}` }: SessionTurn): LegacyTrace {
  const own = (written: unknown): string | null => (typeof written === "string" ? `${id}-${written}` : null);
  const rows = rowsOfRun(steps).map((row) => ({
    ...row,
    id: own(row.id),
    parentObservationId: own(row.parentObservationId),
    sessionId: session,
    ...(row.parentObservationId === null ? { input: { role: "user", content: prompt } } : {}),
    metadata: { ...asObject(row.metadata), scope: { name: "langfuse-sdk" } },
  }));
  const name = "Claude Code - Turn 1";
  const timestamp = String(asObject(rows[0]).startTime);
  const trace = { id, name, timestamp, sessionId: session, tags: ["claude-code"], observations: rows };
  return parseLegacyTrace(JSON.stringify(trace));
}
