import { isRecord, own } from "../../trace/values/json.ts";

/** What the repository knew of a run's commits when its summary was made; see docs/summary.md. */
export type Afterwards = {
  readonly commits: number;
  readonly in_history: number;
  readonly reverted: number;
  /** Turns whose commits were reverted. */
  readonly reverted_turns: readonly number[];
};

/** Reads a summary's `afterwards`; null where nothing is known. */
export function parseAfterwards(value: unknown): Afterwards | null {
  if (!isRecord(value)) return null;
  const [commits, inHistory, reverted] = ["commits", "in_history", "reverted"].map((key) => toCount(own(value, key)));
  const turns = own(value, "reverted_turns");
  if (commits == null || inHistory == null || reverted == null) return null;
  return {
    commits,
    in_history: inHistory,
    reverted,
    reverted_turns: Array.isArray(turns) ? turns.filter((turn) => toCount(turn) !== null) : [],
  };
}

function toCount(value: unknown): number | null {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value < 1e6 ? value : null;
}

/** `3 of 4 commits in HEAD's history, 1 of them reverted`, of one run or of several together; null where nothing is known of any. */
export function tellAfterwards(all: readonly (Afterwards | null)[]): string | null {
  const known = all.filter((one) => one !== null);
  if (known.length === 0) return null;
  const sum = (of: "commits" | "in_history" | "reverted"): number => known.reduce((total, one) => total + one[of], 0);
  const [commits, reverted] = [sum("commits"), sum("reverted")];
  const of = commits === 1 ? "1 commit" : `${commits} commits`;
  return `${sum("in_history")} of ${of} in HEAD's history, ${reverted === 0 ? "none" : reverted} of them reverted`;
}
