import { GRADES } from "../values/vocabulary.ts";
import { createWarnings, type Warning } from "../values/warnings.ts";
import type { Place } from "../rows/place.ts";
import type { SessionTurn } from "./session-summary.ts";
import type { Assessed } from "./summary.ts";

/** A trace of a session: as one of its turns, and what tells its place among the others. */
export type SessionTrace = Pick<Assessed, "traceName" | "exporter" | "incompleteReason" | "endedAt" | "request"> & {
  readonly turn: SessionTurn;
  /** Where it took place, as far as it says. */
  readonly places: readonly Place[];
};

/** Keeps of a trace what its session's summary needs; its rows can go. */
export function toSessionTrace(assessed: Assessed): SessionTrace {
  const { traceName, exporter, incompleteReason, endedAt, request } = assessed;
  const kept = { traceName, exporter, incompleteReason, endedAt, request };
  return { ...kept, turn: assessed.toSessionTurn(), places: assessed.places() };
}

export const idOf = ({ turn }: SessionTrace): string => turn.summary.trace_id;

/** The turns of a session, oldest first; which traces are none, and why; and what is odd about them together. */
export type SessionTurns = {
  readonly turns: readonly SessionTrace[];
  readonly leftOut: ReadonlyMap<string, string>;
  readonly warnings: readonly Warning[];
};

/** Ends of turns are measured by clocks of their own: a hook, a span, the line of a transcript. */
const SLACK_MS = 1000;
/** A hook may write a turn at one instant, some time after it ended. */
const LATE_MS = 60_000;
/** Turns of one session follow each other, so a second record of one is never far from the first. */
const NEAR = 100;

/**
 * Tells the turns of a session from the rest of its traces, and each turn once where several exporters wrote it. A function of
 * the set of traces.
 */
export function toSessionTurns(traces: readonly SessionTrace[]): SessionTurns {
  const leftOut = new Map<string, string>();
  const warnings = createWarnings();
  const leave = (trace: SessionTrace, reason: string): void => void leftOut.set(idOf(trace), reason);

  const isOwnTraceOfSubagent = ({ traceName }: SessionTrace): boolean => traceName?.startsWith("subagent:") === true;
  const turns = traces.filter((trace) => !isOwnTraceOfSubagent(trace));
  for (const trace of traces.filter(isOwnTraceOfSubagent)) leave(trace, "a subagent's own trace");
  warnings.add("subagent_trace_left_out", leftOut.size);

  const { kept: whole, left: requests } = withoutHistories(turns.toSorted(byStart));
  for (const trace of requests) leave(trace, "a request that a proxy recorded: another trace holds what it repeats");
  const isBeside = whole.some(({ request }) => request === null);
  const once = withoutCopies(whole);
  for (const trace of once.left) leave(trace, "another exporter wrote the same turn");
  warnings.add("session_written_twice", once.left.length + (isBeside ? requests.length : 0));
  warnings.add("turns_overlap", countOverlaps(once.kept));
  return { turns: once.kept, leftOut, warnings: warnings.list() };
}

type Split = { readonly kept: readonly SessionTrace[]; readonly left: readonly SessionTrace[] };

/**
 * A request that a proxy recorded repeats the history before it. Beside traces of turns it tells nothing new; alone, the main
 * agent's longest one tells the session.
 */
function withoutHistories(traces: readonly SessionTrace[]): Split {
  const turns = traces.filter(({ request }) => request === null);
  const requests = traces.filter(({ request }) => request !== null);
  const [longest] = requests.toSorted(
    (left, right) =>
      Number(right.request?.isMain) - Number(left.request?.isMain) ||
      (right.request?.calls ?? 0) - (left.request?.calls ?? 0) ||
      (right.endedAt ?? 0) - (left.endedAt ?? 0) ||
      (idOf(left) < idOf(right) ? -1 : 1),
  );
  if (turns.length > 0 || longest === undefined) return { kept: turns, left: requests };
  return { kept: [longest], left: requests.filter((one) => one !== longest) };
}

/** Keeps each turn once: of the exporter that records most, for the whole session, so that its rows tell alike. */
function withoutCopies(traces: readonly SessionTrace[]): Split {
  const kept: SessionTrace[] = [];
  const left: SessionTrace[] = [];
  for (const exporter of byWorth(traces)) {
    const known = [...kept];
    let at = 0;
    for (const trace of traces.filter((one) => one.exporter === exporter)) {
      while ((known[at]?.turn.startedAt ?? Infinity) < startOf(trace.turn)) at += 1;
      const near = [...known.slice(Math.max(0, at - NEAR), at + NEAR), ...kept.slice(-NEAR)];
      if (near.some((other) => isSame(other, trace))) left.push(trace);
      else kept.push(trace);
    }
    kept.sort(byStart);
  }
  return { kept, left };
}

/** The exporters of a session: the one whose traces show most first, then the one with more of them. */
function byWorth(traces: readonly SessionTrace[]): readonly string[] {
  const losses = new Map<string, { sum: number; count: number }>();
  for (const { exporter, turn } of traces) {
    const loss = Object.values(turn.summary.coverage).reduce((sum, grade) => sum + GRADES.indexOf(grade), 0);
    const known = losses.get(exporter) ?? { sum: 0, count: 0 };
    losses.set(exporter, { sum: known.sum + loss, count: known.count + 1 });
  }
  return [...losses]
    .toSorted(
      ([a, left], [b, right]) =>
        left.sum / left.count - right.sum / right.count || right.count - left.count || (a < b ? -1 : 1),
    )
    .map(([exporter]) => exporter);
}

/**
 * Two records of one turn. An agent works on one turn at a time, so those of two exporters that share most of the shorter
 * one's time are; else the human said the same in both, and the later one was written a little late. One exporter's own have to
 * agree in both.
 */
function isSame(left: SessionTrace, right: SessionTrace): boolean {
  const [a, b] = [left.turn, right.turn];
  if (a.startedAt === null || b.startedAt === null || a.isHuman !== b.isHuman) return false;
  const [endA, endB] = [left.endedAt ?? a.startedAt, right.endedAt ?? b.startedAt];
  const common = Math.min(endA, endB) - Math.max(a.startedAt, b.startedAt);
  const isMostlyCommon = common > 0 && common * 2 >= Math.min(endA - a.startedAt, endB - b.startedAt);
  const isSaidAgain = a.row.human !== null && a.row.human === b.row.human;
  if (left.exporter === right.exporter) return isSaidAgain && isMostlyCommon;
  return isMostlyCommon || (isSaidAgain && common > -LATE_MS);
}

/** How many turns that a human began did so before an earlier one of them ended. */
function countOverlaps(turns: readonly SessionTrace[]): number {
  let count = 0;
  let end = -Infinity;
  for (const { turn, endedAt } of turns) {
    if (!turn.isHuman || turn.startedAt === null) continue;
    if (turn.startedAt < end - SLACK_MS) count += 1;
    end = Math.max(end, endedAt ?? turn.startedAt);
  }
  return count;
}

const startOf = ({ startedAt }: SessionTurn): number => startedAt ?? Infinity;

function byStart(left: SessionTrace, right: SessionTrace): number {
  const [a, b] = [startOf(left.turn), startOf(right.turn)];
  return a === b ? (idOf(left) < idOf(right) ? -1 : Number(idOf(left) > idOf(right))) : a < b ? -1 : 1;
}
