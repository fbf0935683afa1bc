import type { Severity } from "../../../mcp-server/src/trace/values/vocabulary.ts";
import type { Need } from "./needs.ts";
import { RUN } from "./run.ts";
import type { PlantStep } from "./session.ts";
import { WORK } from "./work.ts";

/** A pathology in a few steps, what an exporter has to show of them, and what is to be found there. */
export interface Plant {
  readonly id: string;
  /** another form of a pattern that has several */
  readonly form?: string;
  readonly needs: readonly Need[];
  readonly steps: readonly PlantStep[];
  readonly severity: Severity;
  /** `calls` and `edits`: those of the turn into which it is planted */
  readonly count: number | ((host: { readonly calls: number; readonly edits: number }) => number);
  /** A human stopped the turn during the last step. */
  readonly isInterrupted?: true;
  /** Turns of the same session before this one. */
  readonly earlier?: readonly (readonly PlantStep[])[];
  /** How severe it is where ranges of reads are not recorded. */
  readonly withoutContents?: Severity;
}

/** One plant for every pattern, and one for each other form of it. */
export const PLANTS: readonly Plant[] = [...WORK, ...RUN];
