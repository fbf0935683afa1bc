import type { TraceFacts } from "../rows/reducer.ts";
import type { Coverage } from "../values/vocabulary.ts";

/**
 * One exporter's way of writing a Claude Code run. Rows are read by rules common to all exporters
 * (trace/call/row-names.ts has the names that they know); an entry of the table only says how a trace of this exporter is
 * found and known, and what it lacks. Names are written as names.ts says.
 */
export type Exporter = {
  readonly id: string;
  /** Whether a whole trace is this exporter's. Asked in the order of the table. */
  readonly recognises: (facts: TraceFacts) => boolean;
  /** The names of its traces, by which a list of traces shows that one is Claude Code's. */
  readonly traces: readonly string[];
  /** Names of rows of which a turn has one and which no other application writes: turns are searched by them. */
  readonly turns: readonly string[];
  /** Names of other rows that only Claude Code's exporters write. */
  readonly rows: readonly string[];
  /** The most that a trace of this exporter can support; the data of one trace may support less. */
  readonly atMost: Partial<Coverage>;
  /** A failed call carries a level or flag, so that a call without one did not fail. */
  readonly flagsErrors: boolean;
  /** Warning codes of what this exporter never records. */
  readonly loses: readonly string[];
  /** Nobody recorded a trace of it: all that is known was read in its source (test/fixtures/README.md). */
  readonly isKnownFromSource?: true;
  /** The setting that shows prompts, where they can be hidden. */
  readonly showsPrompts?: string;
};

/** Whether the trace has one of these spans or generations, each as its type and its name with digits as `#`. */
export function hasAny(facts: TraceFacts, ...rows: readonly string[]): boolean {
  return rows.some((row) => facts.rowNames.has(row));
}

/** Whether the trace has all of them; see `hasAny`. */
export function hasAll(facts: TraceFacts, ...rows: readonly string[]): boolean {
  return rows.every((row) => facts.rowNames.has(row));
}
