import type { Coverage, Severity } from "../values/vocabulary.ts";
import type { Ending } from "../run/outcome.ts";
import type { EarlierTurns } from "../run/earlier-turns.ts";
import type { Timeline } from "../timeline/timeline.ts";

/** What a pattern found. `detail` holds counts and shown paths only; `observations` are the ids that prove it. */
export type Finding = {
  readonly severity: Severity;
  readonly count: number;
  readonly detail: string;
  readonly observations: readonly string[];
};

export type Evidence = {
  readonly timeline: Timeline;
  readonly ending: Ending;
  readonly coverage: Coverage;
  /** A human began the turn. */
  readonly isHuman: boolean;
  /** The human's words, see prompt.ts; null where they are not recorded. */
  readonly said: string | null;
  /** The earlier turns of its session; null when the trace has no session. */
  readonly earlier: EarlierTurns | null;
};

/** One behaviour worth naming. `detect` returns null when it does not occur or when the trace cannot decide it. */
export type Pattern = {
  readonly id: string;
  readonly detect: (evidence: Evidence) => Finding | null;
  /** Less specific patterns that must not report the calls this one reported. */
  readonly overrides?: readonly string[];
};

/**
 * A pattern that the earlier turns of the session decide, in two steps: in a session's summary a turn's rows are gone before the
 * turns before it are known. `remember` returns null where these can change nothing; what it returns keeps no row.
 */
export type SessionPattern = {
  readonly id: string;
  readonly remember: (evidence: Omit<Evidence, "earlier">) => Judge | null;
  /** Its count holds the turns before, so that of turns in a row that show it the last one says it all. */
  readonly goesOn: boolean;
};
export type Judge = (earlier: EarlierTurns) => Finding | null;

/** Such a pattern where the earlier turns are known at once. */
export function ofSession({ id, remember }: SessionPattern): Pattern {
  return {
    id,
    detect: (evidence) => (evidence.earlier === null ? null : (remember(evidence)?.(evidence.earlier) ?? null)),
  };
}

/** The severity of the highest threshold that `count` reaches; `steps` from the highest to the lowest. */
export function grade(
  count: number,
  steps: readonly (readonly [atLeast: number, severity: Severity])[],
): Severity | null {
  return steps.find(([atLeast]) => count >= atLeast)?.[1] ?? null;
}
