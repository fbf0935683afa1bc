import type { Selector } from "./audit/audit-argument.ts";
import type { Source } from "./sources/port.ts";
import { endingAfter, timeLeft } from "./sources/time-limit.ts";

/** When a call ends by itself, in milliseconds from its start. */
export type Deadlines = Readonly<Record<Selector["kind"], number>>;
/** Well before the client's, which is the `timeout` of the plugin's manifest. */
export const DEADLINES: Deadlines = { id: 110_000, last: 110_000, session: 110_000, sample: 280_000 };

/**
 * Sessions are read in the first half of a call only, so that traces never wait in vain for earlier turns that do not
 * come, or for the requests a minute that they took.
 */
export function withinHalf(source: Source, deadlineMs: number): Source {
  const half = endingAfter(deadlineMs / 2);
  return {
    ...source,
    readEarlierTurns: (query, signal) => source.readEarlierTurns(query, endingAfter(timeLeft(half), signal, half)),
  };
}
