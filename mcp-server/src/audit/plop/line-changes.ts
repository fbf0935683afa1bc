/** Lines that a change added and removed. */
export type LineChanges = { readonly added: number; readonly removed: number };

/** Above this many cells the table of the longest common part would take too long for a hook that counts many files. */
const MAX_CELLS = 250_000;

/**
 * Counts added and removed lines as `git diff --stat` does. Where the changed middle is very large (500 lines against
 * 500), all of it counts as replaced, which is never too low.
 */
export function countLineChanges(before: string, after: string): LineChanges {
  const left = toLines(before);
  const right = toLines(after);
  let from = 0;
  while (from < left.length && from < right.length && left[from] === right[from]) from += 1;
  let common = 0;
  while (
    common < Math.min(left.length, right.length) - from &&
    left[left.length - 1 - common] === right[right.length - 1 - common]
  )
    common += 1;
  const old = left.slice(from, left.length - common);
  const now = right.slice(from, right.length - common);
  const kept = old.length * now.length > MAX_CELLS ? 0 : longestCommon(old, now);
  return { added: now.length - kept, removed: old.length - kept };
}

function toLines(text: string): readonly string[] {
  const lines = text.split("\n");
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}

/** Length of the longest common subsequence. */
function longestCommon(left: readonly string[], right: readonly string[]): number {
  let row = Array.from<number>({ length: right.length + 1 }).fill(0);
  for (const line of left) {
    const next = [0];
    for (const [at, other] of right.entries())
      next.push(line === other ? (row[at] ?? 0) + 1 : Math.max(row[at + 1] ?? 0, next[at] ?? 0));
    row = next;
  }
  return row.at(-1) ?? 0;
}
