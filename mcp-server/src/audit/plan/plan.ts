import type { Risk } from "../answers/refactoring-specialist.ts";

/** One group under `## Source Trace`; null was written as `not recorded`. */
export type SourceTrace = {
  readonly traceId: string;
  readonly goal: string | null;
  readonly date: string | null;
};

export type ProposedChange = {
  readonly title: string;
  readonly file: string;
  /** Where it goes and what stands there, in words; null in plans of version 1.0. */
  readonly place: string | null;
  readonly today: string | null;
  readonly constraints: readonly string[];
  readonly evidence: readonly string[];
  /** Counted from 1, as the plan has them. */
  readonly addresses: readonly number[];
  readonly confidence: number;
  readonly risk: Risk;
};

/** The block that starts with `/plop`. */
export type Block = {
  /** As it stands in the plan, without the blank lines around it. */
  readonly text: string;
  readonly goal: string;
  readonly steps: readonly string[];
  /** The criteria, without their dashes. */
  readonly criteria: readonly string[];
};

/** What a plan says, as far as it could be read. */
export type Plan = {
  readonly traces: readonly SourceTrace[];
  /** The lines below the heading, or null without one. */
  readonly comparison: string | null;
  /** The rows of the table below the title, as they are written. */
  readonly overview: readonly string[];
  /** The numbered lines without their numbers. */
  readonly issues: readonly string[];
  readonly rootCauses: readonly string[];
  /** Why no change of a prompt would help; null in a plan with issues. */
  readonly noChange: string | null;
  readonly changes: readonly ProposedChange[];
  readonly files: readonly string[];
  /** Null in a plan without a change. */
  readonly block: Block | null;
};

/** The ids of the traces that a plan is about, in its order; one that could not be read is left out. */
export function traceIdsOf({ traces }: Plan): readonly string[] {
  return traces.map(({ traceId }) => traceId).filter((id) => id !== "");
}
