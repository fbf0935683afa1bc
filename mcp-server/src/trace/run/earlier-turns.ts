import { changedFiles, readFiles } from "../timeline/changes.ts";
import { toCoverage } from "./coverage.ts";
import { toGoal, type Goal } from "./goal.ts";
import type { TraceFacts } from "../rows/reducer.ts";
import { toExporter } from "../exporters/recognise.ts";
import { toTimeline, type Timeline } from "../timeline/timeline.ts";
import type { Coverage } from "../values/vocabulary.ts";

/** What is kept of an earlier turn of the audited trace's session. Files are paths as recorded. */
export type EarlierTurn = {
  readonly traceId: string;
  /** Milliseconds since 1970 of its first observation. */
  readonly startedAt: number;
  readonly isHuman: boolean;
  /** The human's words, see prompt.ts; null where they are not recorded. */
  readonly said: string | null;
  /** Of the main agent. */
  readonly calls: number;
  readonly failedCalls: number;
  /** All of its calls show what they were aimed at, so that `seen` and `edited` lack nothing. */
  readonly areTargetsKnown: boolean;
  /** Files that the main agent read, printed, wrote or edited. */
  readonly seen: ReadonlySet<string>;
  /** Files that an edit tool or a command of the main agent changed. */
  readonly edited: ReadonlySet<string>;
};

/**
 * The earlier turns of a session, oldest first. `isWhole`: there were no more of them than these. `after`: the human's words
 * that began the turn after the audited one, the verdict on it; null where there is none or it was not read.
 */
export type EarlierTurns = {
  readonly turns: readonly EarlierTurn[];
  readonly isWhole: boolean;
  readonly after?: string | null;
};

/** What could not be read says nothing, neither of the session nor of the turn's place in it. */
export const UNREAD: EarlierTurns = { turns: [], isWhole: false };

/** The human's words of the first turn that a human began after `startedAt` (milliseconds since 1970), or null. */
export function wordsAfter(digests: readonly (EarlierTurn | null)[], startedAt: number): string | null {
  const [next] = digests
    .filter((turn) => turn !== null)
    .filter((turn) => turn.isHuman && turn.startedAt > startedAt)
    .toSorted((left, right) => left.startedAt - right.startedAt || (left.traceId < right.traceId ? -1 : 1));
  return next?.said ?? null;
}

/** Puts digests in order; null, and one that did not start before `startedAt` (milliseconds since 1970), is no turn. */
export function toEarlierTurns(
  digests: readonly (EarlierTurn | null)[],
  startedAt: number,
  isWhole: boolean,
): EarlierTurns {
  const earlier = digests
    .filter((turn) => turn !== null)
    .filter((turn) => turn.startedAt < startedAt)
    .toSorted((left, right) => left.startedAt - right.startedAt || (left.traceId < right.traceId ? -1 : 1));
  return { turns: earlier, isWhole };
}

/**
 * The digest of an earlier turn, of its observations that started before `before` (milliseconds since 1970): a background
 * agent of it can work on beside the audited turn. Null when none of them has a time, and for a request that a proxy
 * recorded, which is no turn and repeats the history before it.
 */
export function toEarlierTurn(whole: TraceFacts, before = Infinity): EarlierTurn | null {
  if (whole.askers.size > 0) return null;
  const facts = startedBefore(whole, before);
  const exporter = toExporter(facts);
  const timeline = toTimeline(facts, exporter);
  const goal = toGoal(timeline);
  return digestTurn(timeline, goal, toCoverage(timeline, exporter, goal));
}

/** The same of a turn that was read already. */
export function digestTurn(timeline: Timeline, goal: Goal, { targets }: Pick<Coverage, "targets">): EarlierTurn | null {
  const startedAt = timeline.events[0]?.start ?? null;
  if (startedAt === null || timeline.facts.askers.size > 0) return null;
  const seen = new Set<string>();
  const edited = new Set<string>();
  // Recorded spellings, so that they can be compared with those of another trace, which may know its folder better.
  const asRecorded = { key: (path: string) => path };
  for (const call of timeline.mainCalls) {
    for (const { key } of readFiles(call, asRecorded)) seen.add(key);
    const changed = changedFiles(call, asRecorded);
    if (changed === "any") continue;
    for (const path of changed) edited.add(path);
  }
  for (const path of edited) seen.add(path);
  return {
    traceId: timeline.facts.traceId,
    startedAt,
    isHuman: goal.isHuman,
    said: goal.said,
    calls: timeline.mainCalls.length,
    failedCalls: timeline.mainCalls.filter(({ error }) => error !== null).length,
    areTargetsKnown: targets === "recorded",
    seen,
    edited,
  };
}

function startedBefore(facts: TraceFacts, before: number): TraceFacts {
  return {
    ...facts,
    events: new Map([...facts.events].filter(([, { start }]) => start === null || start < before)),
    derived: facts.derived.filter(({ start }) => start < before),
  };
}
