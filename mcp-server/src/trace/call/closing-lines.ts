/** What the program of a check is, as far as its closing line tells. */
export type CheckKind = "test" | "lint" | "build" | "format";

/** Of a step of a command line: whether it is a check. */
export function isCheck(kind: string): kind is CheckKind {
  return CHECK_KINDS.some((check) => check === kind);
}

export const CHECK_KINDS: readonly CheckKind[] = ["test", "lint", "build", "format"];

/** What a runner says of itself at its end. Counts are null where its line gives none. */
export type Closing = {
  readonly kind: CheckKind;
  /** The family of runners that write the line so, such as `go` or `jest`. */
  readonly runner: string;
  readonly isGood: boolean;
  readonly failed: number | null;
  readonly passed: number | null;
  /** The runner says that it ran nothing anew: the result is an earlier one's. */
  readonly isCached: boolean;
  /** The runner says that it found no test to run. */
  readonly isEmpty: boolean;
};

/** Two closing lines as one: good when both are, the numbers added. */
export function joinClosings(left: Closing, right: Closing): Closing {
  return {
    ...left,
    isGood: left.isGood && right.isGood,
    failed: add(left.failed, right.failed),
    passed: add(left.passed, right.passed),
    // A package that failed or ran anew makes the result a new one.
    isCached: left.isCached && right.isCached,
    isEmpty: left.isEmpty && right.isEmpty,
  };
}

function add(left: number | null, right: number | null): number | null {
  return left === null || right === null ? (left ?? right) : left + right;
}
