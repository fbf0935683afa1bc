import { isRecord, own, text, toNumber } from "../values/json.ts";
import { isProxied } from "../call/row-names.ts";
import { toObservation } from "../rows/observation.ts";
import { sessionOfUser } from "../rows/session-id.ts";
import { toMillis } from "../values/time.ts";
import { toMatcher } from "./names.ts";
import { ALL, TURNS } from "./recognise.ts";

/** A trace seen in a list: enough to tell whether it is worth reading. `end` in milliseconds since 1970, an estimate. */
export type Candidate = {
  readonly traceId: string;
  readonly name: string | null;
  readonly end: number;
  readonly isClaudeCode: boolean;
  /** The session that it belongs to; null where the list does not say. */
  readonly session: string | null;
};

/** Candidates from rows of `v2/observations`: one per trace, with the latest time seen of it. */
export function fromObservations(rows: readonly unknown[]): readonly Candidate[] {
  return mergeCandidates(
    rows.flatMap((row) => {
      const observation = toObservation(row);
      if (observation?.traceId == null) return [];
      const { traceId, traceName, tags, name, start, end } = observation;
      return [
        {
          traceId,
          name: traceName,
          end: Math.max(start ?? 0, end ?? 0),
          isClaudeCode: isClaudeCode(traceName, tags, name),
          session: proxiedSession(name, row) ?? columnSession(row),
        },
      ];
    }),
  );
}

/** Candidates from rows of `GET /traces`. `latency` is seconds, -1 when the group was not asked for. */
export function fromTraces(rows: readonly unknown[]): readonly Candidate[] {
  return mergeCandidates(
    rows.flatMap((row) => {
      const traceId = isRecord(row) ? text(own(row, "id")) : null;
      if (!isRecord(row) || traceId === null) return [];
      const name = text(own(row, "name"));
      const tags = own(row, "tags");
      const start = toMillis(own(row, "timestamp")) ?? 0;
      const latency = Math.max(0, toNumber(own(row, "latency")) ?? 0) * 1000;
      return [
        {
          traceId,
          name,
          end: start + latency,
          isClaudeCode: isClaudeCode(name, Array.isArray(tags) ? tags : [], null),
          session: proxiedSession(name, row) ?? columnSession(row),
        },
      ];
    }),
  );
}

/** A proxy knows no session of its own; Claude Code tells it in the user's id. */
function proxiedSession(name: string | null, row: unknown): string | null {
  if (name === null || !isProxied(name) || !isRecord(row)) return null;
  return sessionOfUser(text(own(row, "userId")));
}

function columnSession(row: unknown): string | null {
  return (isRecord(row) ? text(own(row, "sessionId")) : null) || null;
}

/** One candidate per trace; the latest end first, ties by id. */
export function mergeCandidates(candidates: readonly Candidate[]): readonly Candidate[] {
  const byId = new Map<string, Candidate>();
  for (const candidate of candidates) {
    const known = byId.get(candidate.traceId);
    byId.set(
      candidate.traceId,
      known === undefined
        ? candidate
        : {
            traceId: known.traceId,
            name: known.name ?? candidate.name,
            end: Math.max(known.end, candidate.end),
            isClaudeCode: known.isClaudeCode || candidate.isClaudeCode,
            session: known.session ?? candidate.session,
          },
    );
  }
  return [...byId.values()].toSorted((left, right) => right.end - left.end || (left.traceId < right.traceId ? -1 : 1));
}

const isTraceName = toMatcher(ALL.flatMap(({ traces }) => traces));
const isRowName = toMatcher([...TURNS, ...ALL.flatMap(({ rows }) => rows)]);

/** Whether a trace's name or tags, or the name of one of its rows, says that Claude Code made it. */
export function isClaudeCode(name: string | null, tags: readonly unknown[], rowName: string | null): boolean {
  return (
    (name !== null && isTraceName(name)) || tags.includes("claude-code") || (rowName !== null && isRowName(rowName))
  );
}
