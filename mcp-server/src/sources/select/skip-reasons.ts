import type { Candidate } from "../../trace/exporters/listed-traces.ts";
import { asksOwnAgent } from "../../audit/agents.ts";
import { MAX_ID } from "../../audit/audit-argument.ts";
import { BEGINNING, SourceFailure, type ReadTrace, type Window } from "../port.ts";
import type { Call } from "../selected-traces.ts";
import { belongsTo, projectName } from "./this-project.ts";

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
/** Behind it stands the project's name. */
export const OTHER_PROJECT = "a run of another project: ";

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

/** A trace that qualifies for `last` and `sample:N`, or why it does not. Throws what concerns the whole source. */
export async function readQualified(
  { source, project, signal, now }: Call,
  traceId: string,
): Promise<ReadTrace | string> {
  try {
    const trace = await source.read(traceId, signal);
    const places = trace.places();
    if (belongsTo(project, places) === false) return `${OTHER_PROJECT}${projectName(places)}`;
    return reasonToSkip(trace, now) ?? trace;
  } catch (error) {
    if (!(error instanceof SourceFailure) || error.concerns === "source") throw error;
    return error.describe(traceId);
  }
}

/** This plugin's own turns; whoever audits the last run means the work before them. */
const OWN_COMMAND = /^\/(?:trace-audit:)?(?:audits?|plops?)\b/u;
/** A word about the plan or its hand-over, wherever it stands. */
const OWN_MATTER = /\bdocs\/audit\/(?:IMPLEMENTATION_PLAN|marks)\.md\b|(?:^|\s)\/plop\b/u;
export const OWN_TURN = "an audit, its hand-over or a question to its agents, not a piece of work";

/** Whether a goal is one of this plugin's commands, is about its plan, or a question to one of its agents. */
export function isOwnTurn(goal: string | null): boolean {
  return goal !== null && (OWN_COMMAND.test(goal) || OWN_MATTER.test(goal) || asksOwnAgent(goal));
}

/** Whether what ended then (milliseconds since 1970) may still grow. A clock that is far ahead says nothing about rest. */
export function isFresh(endedAt: number | null, now: number): boolean {
  return endedAt !== null && Math.abs(now - endedAt) < QUIET_MS;
}

/** Whether rows of a trace may still be on their way. A transcript says itself whether its last turn is over. */
export function mayStillGrow({ api, endedAt }: ReadTrace, now: number): boolean {
  return api !== "transcript" && isFresh(endedAt, now);
}

/** Why a trace does not qualify, or null. */
function reasonToSkip(trace: ReadTrace, now: number): string | null {
  const { isHuman, incompleteReason, goal } = trace;
  if (!isHuman) return "no human goal: started by a notification, an interruption, a subagent or the system";
  if (isOwnTurn(goal)) return OWN_TURN;
  const arriving = mayStillGrow(trace, now)
    ? "it changed less than a minute ago, and its rows may still be arriving"
    : null;
  if (incompleteReason !== null) return arriving === null ? incompleteReason : `${incompleteReason}; ${arriving}`;
  return arriving === null ? null : `not completed: ${arriving}`;
}
