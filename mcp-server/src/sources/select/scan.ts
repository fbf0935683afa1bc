import { toSessionSummary } from "../../trace/summary/session-summary.ts";
import { toSessionTurns } from "../../trace/summary/session-traces.ts";
import type { Summary } from "../../trace/summary/schema.ts";
import { SourceFailure } from "../port.ts";
import type { Call } from "../selected-traces.ts";
import { toPieces } from "./session.ts";
import { isOwnTurn, isWanted, windowOf } from "./skip-reasons.ts";
import { belongsTo } from "./this-project.ts";

/** A session, or a run without one, as a scan shows it. `selector` is what audits it. */
export type Scanned = {
  readonly selector: string;
  readonly summary: Summary;
  /** Milliseconds since 1970. */
  readonly endedAt: number;
};

/** `unread`: how many of the newest were not read in time, or could not be. `failure`: the first reason for one. */
export type Scan = {
  readonly rows: readonly Scanned[];
  readonly unread: number;
  readonly failure: string | null;
  /** Whether the source knows a session by the beginning of its id. */
  readonly isShortened: boolean;
};

const LOOK_BACK = [30, null] as const;
const CONCURRENCY = 4;

type Entry = { readonly session: string | null; readonly traceId: string; readonly endedAt: number };

/** The newest sessions and runs of this project, the newest first, as many as are read before the call's signal ends. */
export async function scan(call: Call, max: number): Promise<Scan> {
  const { source, now, signal } = call;
  let entries: readonly Entry[] = [];
  for (const days of LOOK_BACK) {
    const { candidates } = await source.listSessions(windowOf(now, days), max, signal);
    entries = toEntries(candidates.filter(isWanted));
    if (entries.length > 0) break;
  }
  const rows: Scanned[] = [];
  let unread = 0;
  let failure: string | null = null;
  for (let at = 0; at < entries.length && rows.length < max; at += CONCURRENCY) {
    const batch = entries.slice(at, at + Math.min(CONCURRENCY, max - rows.length));
    const read = await Promise.allSettled(batch.map(async (entry) => readEntry(call, entry)));
    for (const result of read) {
      if (result.status === "fulfilled") {
        if (result.value !== null) rows.push(result.value);
        continue;
      }
      if (!(result.reason instanceof SourceFailure)) throw result.reason;
      unread += 1;
      failure ??= result.reason.describe(null);
    }
    if (signal.aborted) {
      unread += Math.min(max - rows.length, entries.length - at - batch.length);
      break;
    }
  }
  return { rows, unread, failure, isShortened: source.origin === null };
}

/** Sessions in the order of their newest turn; a trace that names no session stands for itself. */
function toEntries(
  candidates: readonly { readonly traceId: string; readonly session: string | null; readonly end: number }[],
): readonly Entry[] {
  const entries = new Map<string, Entry>();
  for (const { traceId, session, end } of candidates) {
    const key = session === null ? `trace ${traceId}` : `session ${session}`;
    if (!entries.has(key)) entries.set(key, { session, traceId, endedAt: end });
  }
  return [...entries.values()];
}

/** Null for a run of another project, and for one without a piece of work in it. */
async function readEntry(call: Call, { session, traceId, endedAt }: Entry): Promise<Scanned | null> {
  const { source, project, signal, now } = call;
  if (session === null) {
    const trace = await source.read(traceId, signal);
    if (belongsTo(project, trace.places()) === false || !trace.isHuman || isOwnTurn(trace.goal)) return null;
    return { selector: traceId, summary: trace.toSummary(null), endedAt };
  }
  const read = await source.readSession(session, signal);
  if (
    belongsTo(
      project,
      read.traces.flatMap(({ places }) => places),
    ) === false
  )
    return null;
  const { turns, warnings } = toSessionTurns(read.traces);
  const { kept } = toPieces(turns, read, now);
  if (kept.length === 0) return null;
  const pieces = kept.map(({ turn }) => turn);
  const summary = toSessionSummary({ id: session, warnings }, pieces);
  return { selector: `session:${session}`, summary, endedAt };
}
