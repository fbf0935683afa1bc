import type { Coverage } from "../run/coverage.ts";
import type { TraceFacts } from "../rows/reducer.ts";

/**
 * One exporter's way of writing a Claude Code run. Rows are read by rules common to all exporters; a shape
 * only says how a trace of this exporter is known, and what the exporter loses.
 */
export type Shape = {
  readonly id: string;
  /** Asked in the order of `SHAPES`, with facts of the whole trace. */
  readonly recognises: (facts: TraceFacts) => boolean;
  /** The most that a trace of this exporter can support; the data of one trace may support less. */
  readonly atMost: Partial<Coverage>;
  /** A failed call carries a level or flag, so that a call without one did not fail. */
  readonly flagsErrors: boolean;
  /** Warning codes of what this exporter never records. */
  readonly loses: readonly string[];
};

/** Whether a row of this type and name (digits written as "#") is in the trace. */
export function hasRow(facts: TraceFacts, name: string): boolean {
  return facts.rowNames.has(name);
}
