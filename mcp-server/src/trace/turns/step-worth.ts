import type { Step } from "./step.ts";

/** What is lost where so many names of a step are left, on the scale of row-cuts.ts. */
export type NameCuts = readonly (readonly [loss: number, names: number])[];

/** What a step tells: its names down to so many, and that it happened at all. */
type Worth = { readonly names: NameCuts; readonly whole: number };

const NONE: NameCuts = [];
const LOOKS: Worth = {
  names: [
    [2, 6],
    [4, 4],
    [7, 2],
    [10, 0],
  ],
  whole: 12,
};
const LOOKS_IN_VAIN: Worth = {
  names: [
    [3, 6],
    [12, 4],
    [20, 2],
    [28, 0],
  ],
  whole: 30,
};
const EDITS: Worth = {
  names: [
    [14, 6],
    [22, 4],
    [30, 2],
    [36, 1],
  ],
  whole: 44,
};
const RUNS: Worth = {
  names: [
    [5, 6],
    [11, 3],
    [18, 1],
  ],
  whole: 26,
};

function toWorth({ word, text, names }: Step): Worth {
  const has = (form: RegExp): boolean => form.test(text) || names.some(({ name }) => form.test(name));
  const isFailed = has(/\bFAILED\b|\(failed|\d failed/u);
  switch (word) {
    case "explore":
      return has(/\bmissing |\bnothing found\b/u) ? LOOKS_IN_VAIN : LOOKS;
    case "edit":
    case "write":
      return isFailed ? { ...EDITS, whole: 50 } : EDITS;
    case "run":
      return isFailed ? { names: RUNS.names.map(([loss, max]) => [loss + 16, max]), whole: 50 } : RUNS;
    case "wait":
    case "format":
      return { names: NONE, whole: isFailed ? 30 : 9 };
    case "refused":
      return { names: NONE, whole: 66 };
    case "test":
    case "lint":
    case "build":
      return { names: NONE, whole: isFailed ? 74 : word === "test" ? 54 : 49 };
    case "git":
      return {
        names: NONE,
        whole: isFailed ? 66 : /^git (?:commit|push|reset|revert|checkout|restore)/u.test(text) ? 56 : 22,
      };
    case "gh":
      return { names: NONE, whole: isFailed ? 66 : 50 };
    default:
      return { names: NONE, whole: isFailed ? 56 : 40 };
  }
}

/** In a long row one of many alike steps tells less than one of a few. */
function crowded(fromStart: number, fromEnd: number): number {
  return 0.3 + 0.7 / (1 + Math.min(2 * fromStart, fromEnd) / 6);
}

/** The last edit, check of each kind and commit of a turn say how it was left. */
export const LAST = 90;
/** No other step tells more than this, so that the human's words and rows with little in them go next. */
const MOST = 84;
const TOLD_LAST: ReadonlySet<string> = new Set(["edit", "test", "lint", "build", "commit"]);

/** Steps that say the same sort of thing. */
function sortOf({ word, text }: Step): string {
  if (word === "write") return "edit";
  return /^git (?:commit|push)/u.test(text) ? "commit" : word;
}

/**
 * What one step of a row tells: `names` before the `weight` that it has in the row, `loss` where all of it is left out.
 * `isLast`: it says how the turn was left.
 */
export type StepWorth = {
  readonly names: NameCuts;
  readonly weight: number;
  readonly loss: number;
  readonly isLast: boolean;
};

/** What each step of a row tells; `factor` is the row's own, see row-weights.ts. */
export function weigh(steps: readonly Step[], factor: number): readonly StepWorth[] {
  const sorts = steps.map(sortOf);
  const totals = new Map<string, number>();
  for (const sort of sorts) totals.set(sort, (totals.get(sort) ?? 0) + 1);
  const seen = new Map<string, number>();
  return steps.map((step, at) => {
    const sort = sorts[at] ?? "";
    const before = seen.get(sort) ?? 0;
    seen.set(sort, before + 1);
    const after = (totals.get(sort) ?? 0) - before - 1;
    const weight = factor * crowded(before, after);
    const isLast = after === 0 && TOLD_LAST.has(sort);
    const { names, whole } = toWorth(step);
    return { names, weight, isLast, loss: isLast || sort === "order" ? LAST : Math.min(whole * weight, MOST) };
  });
}

/** Whether it changed files that it names. */
export function isEdit(step: Step | undefined): boolean {
  return step?.word === "edit" || step?.word === "write";
}
