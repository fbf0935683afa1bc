import { AuditError } from "../../audit-error.ts";
import { toSessionSummary } from "../../trace/summary/session-summary.ts";
import { idOf, toSessionTurns, type SessionTrace } from "../../trace/summary/session-traces.ts";
import { isTraceId } from "../../audit/audit-argument.ts";
import { createWarnings } from "../../trace/values/warnings.ts";
import type { ReadSession } from "../port.ts";
import type { Call, Selection } from "../selected-traces.ts";
import { askScores } from "./ask-scores.ts";
import { findLast, type Found } from "./last.ts";
import { isFresh, isOwnTurn, OWN_TURN } from "./skip-reasons.ts";
import { toSkipped } from "./skipped.ts";

const RUNNING = "its turn still runs";

/** All turns of a session as one summary; for null, of the session of the trace that `last` takes. */
export async function selectSession(call: Call, sessionId: string | null): Promise<Selection> {
  const last = sessionId === null ? await findLast(call) : null;
  const id = last === null ? (sessionId ?? "") : sessionOf(last);
  const graded = askScores(call, { kind: "session", id });
  const session = await call.source.readSession(id, call.signal);
  const { turns, leftOut, warnings } = toSessionTurns(session.traces);
  const odd = createWarnings([...session.warnings, ...warnings]);
  const { kept, running, own } = toPieces(turns, session, call.now);
  if (kept.length === 0) throw new AuditError(nothingLeft(id));
  odd.add("running_turn_left_out", running !== null && !own.has(running) ? 1 : 0);
  const mayGrow = session.api !== "transcript" && kept.some(({ endedAt }) => isFresh(endedAt, call.now));
  odd.add("session_may_still_grow", mayGrow ? 1 : 0);
  const skipped = new Map([...(last?.skipped ?? []), ...leftOut]);
  for (const turn of own) skipped.set(idOf(turn), OWN_TURN);
  if (running !== null && !own.has(running)) skipped.set(idOf(running), RUNNING);
  const history = kept.some(({ turn }) => turn.commits.length > 0) ? await call.history() : null;
  const outside = { graded: await graded(), history };
  return {
    api: session.api,
    window: last?.window ?? null,
    population: last?.population ?? null,
    isCut: last?.isCut ?? false,
    summaries: [
      toSessionSummary(
        { id, warnings: odd.list(), outside },
        kept.map(({ turn }) => turn),
      ),
    ],
    skipped: toSkipped(skipped, last?.passedOver),
  };
}

/** The turns that are finished pieces of work: not the one that runs, and none of this plugin's own. */
export function toPieces(
  turns: readonly SessionTrace[],
  session: ReadSession,
  now: number,
): {
  readonly kept: readonly SessionTrace[];
  readonly running: SessionTrace | null;
  readonly own: ReadonlySet<SessionTrace>;
} {
  const running = runningOf(turns, session, now);
  const own = ownTurns(turns);
  return { kept: turns.filter((turn) => turn !== running && !own.has(turn)), running, own };
}

function sessionOf({ trace }: Found): string {
  // An id that could not be typed could not be asked for again either.
  if (trace.session !== null && isTraceId(trace.session.id)) return trace.session.id;
  throw new AuditError(
    `The newest trace, "${trace.traceId}", names no session that its other turns could be found by. Its exporter records none, or it is a request that a proxy recorded, which holds the history of its session itself. Audit it alone with \`last\`, or name a session as \`session:<id>\`.`,
  );
}

function nothingLeft(id: string): string {
  return `Session "${id}" holds no turn to audit. Its only turns still run, or are audits and hand-overs of this plugin. Wait until a turn has ended, or name another session.`;
}

/** The turn that is known to run. A trace in Langfuse runs when it is not whole and changed less than a minute ago. */
function runningOf(turns: readonly SessionTrace[], { api, runningId }: ReadSession, now: number): SessionTrace | null {
  const isRunning = (trace: SessionTrace): boolean =>
    api === "transcript"
      ? idOf(trace) === runningId
      : trace.incompleteReason !== null && !hasEnded(trace) && isFresh(trace.endedAt, now);
  return turns.findLast(isRunning) ?? null;
}

function hasEnded({ turn: { row } }: SessionTrace): boolean {
  return row.end === "interrupted" || row.end === "api_error";
}

/** This plugin's turns, and what their agents' ends began. */
function ownTurns(turns: readonly SessionTrace[]): ReadonlySet<SessionTrace> {
  const own = new Set<SessionTrace>();
  let isOwn = false;
  for (const trace of turns) {
    if (trace.turn.isHuman) isOwn = isOwnTurn(trace.turn.summary.goal);
    if (isOwn) own.add(trace);
  }
  return own;
}
