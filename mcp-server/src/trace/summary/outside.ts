import { toAfterwards, type History, type TurnCommits } from "../run/afterwards.ts";
import { UNGRADED, type Graded } from "../run/graded.ts";
import type { Summary } from "./schema.ts";
import { withScores } from "./with-scores.ts";

/** What is known of a run beside its rows: its scores, and the repository's history, null where that is not known. */
export type Outside = { readonly graded: Graded; readonly history: History | null };
export const NOTHING_OUTSIDE: Outside = { graded: UNGRADED, history: null };

/** The summary with what is known beside its rows. `turns` are the commits that its turns are known to have made. */
export function withOutside(summary: Summary, { graded, history }: Outside, turns: readonly TurnCommits[]): Summary {
  const scored = withScores(summary, graded);
  const afterwards = history === null ? null : toAfterwards(turns, history);
  return afterwards === null ? scored : { ...scored, afterwards };
}
