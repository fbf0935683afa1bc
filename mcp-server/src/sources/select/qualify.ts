import type { Candidate } from "../../trace/exporters/candidates.ts";
import { MAX_ID } from "../../trace/values/selector.ts";
import { LangfuseFailure } from "../langfuse/failure.ts";
import { BEGINNING, type Window } from "../langfuse/listing.ts";
import type { ReadTrace } from "../langfuse/reader.ts";
import type { Source } from "../port.ts";

const DAY = 86_400_000;
/** A trace that changed less than this ago may still be growing: exporters write their rows one after the other. */
const QUIET_MS = 60_000;

/** The last `days` days up to `now` (milliseconds since 1970), or all time. */
export function windowOf(now: number, days: number | null): Window {
  return {
    from: days === null ? BEGINNING : new Date(now - days * DAY).toISOString(),
    to: new Date(now).toISOString(),
  };
}

export const NOT_OURS = "not a Claude Code trace";

/** Whether a listed trace is worth reading. */
export function isWanted({ isClaudeCode, name, traceId }: Candidate): boolean {
  return isClaudeCode && !(name?.startsWith("subagent:") ?? false) && !isUnusable(traceId);
}

function isUnusable(traceId: string): boolean {
  return traceId.length > MAX_ID || /^\.{1,2}$/u.test(traceId);
}

/** Why it is not. */
export function reasonNotToRead({ isClaudeCode, traceId }: Candidate): string {
  if (isClaudeCode && isUnusable(traceId)) return "its id cannot be asked for: too long, or a path step";
  return isClaudeCode ? "a subagent's own trace" : NOT_OURS;
}

/** A trace, or why it could not be read when that concerns it alone. */
export async function readOne(source: Source, traceId: string, signal: AbortSignal): Promise<ReadTrace | string> {
  try {
    return await source.read(traceId, signal);
  } catch (error) {
    if (!(error instanceof LangfuseFailure) || !CONCERNS_ONE.has(error.kind)) throw error;
    return source.describe(error, traceId);
  }
}

const CONCERNS_ONE: ReadonlySet<string> = new Set([
  "not_found",
  "too_large",
  "too_slow",
  "bad_request",
  "server_error",
  "not_json",
  "broken_off",
  "stalled",
]);

/** This plugin's own turns; whoever audits the last run means the work before them. */
const OWN_COMMAND = /^\/(?:trace-audit:)?(?:audit|plop)\b/u;

/** Why a trace does not qualify for `last` and `sample:N`, or null. */
export function reasonToSkip({ isHuman, incompleteReason, endedAt, api, goal }: ReadTrace, now: number): string | null {
  if (!isHuman) return "no human goal: started by a notification, an interruption, a subagent or the system";
  if (OWN_COMMAND.test(goal ?? "")) return "an audit or its hand-over, not a piece of work";
  if (incompleteReason !== null) return incompleteReason;
  // A transcript says itself whether its last turn is over.
  const age = endedAt === null || api === "transcript" ? null : now - endedAt;
  // A clock that is far ahead says nothing about rest.
  if (age !== null && Math.abs(age) < QUIET_MS)
    return "not completed: it changed less than a minute ago and may still grow";
  return null;
}
