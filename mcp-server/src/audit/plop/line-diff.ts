/** Lines that a change added and removed, and the change as `diff -u` shows it, without its first two lines. */
export type LineDiff = { readonly added: number; readonly removed: number; readonly lines: readonly string[] };

/** Above this many cells the table of the longest common part would take too long for a hook. */
const MAX_CELLS = 4_000_000;
/** Unchanged lines around a change. */
const AROUND = 2;

/**
 * Compares two texts line by line. Where the changed middle is very large (2,000 lines against 2,000), all of it counts as
 * replaced, which is never too low.
 */
export function diffLines(before: string, after: string): LineDiff {
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
  const middle = compare(left.slice(from, left.length - common), right.slice(from, right.length - common));
  const all = [
    ...left.slice(0, from).map((line) => ` ${line}`),
    ...middle,
    ...left.slice(left.length - common).map((line) => ` ${line}`),
  ];
  return {
    added: middle.filter((line) => line.startsWith("+")).length,
    removed: middle.filter((line) => line.startsWith("-")).length,
    lines: toHunks(all),
  };
}

/** The text before a change, from the text after it and the `lines` of the change; null where they do not belong together. */
export function undoDiff(after: string, lines: readonly string[]): string | null {
  const right = toLines(after);
  const left: string[] = [];
  let at = 0;
  for (const line of lines) {
    const [, start] = /^@@ -\d+ \+(\d+) @@$/u.exec(line) ?? [];
    if (start !== undefined) {
      left.push(...right.slice(at, Number(start) - 1));
      at = Number(start) - 1;
      continue;
    }
    const [mark, text] = [line.slice(0, 1), line.slice(1)];
    if (mark !== "-" && right[at] !== text) return null;
    if (mark !== "-") at += 1;
    if (mark !== "+") left.push(text);
  }
  return [...left, ...right.slice(at), ""].join("\n");
}

function toLines(text: string): readonly string[] {
  const lines = text.split("\n");
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}

/** Each line with the mark that `diff` gives it, by the longest common subsequence. */
function compare(left: readonly string[], right: readonly string[]): readonly string[] {
  if (left.length * right.length > MAX_CELLS)
    return [...left.map((line) => `-${line}`), ...right.map((line) => `+${line}`)];
  const width = right.length + 1;
  const table = new Uint16Array((left.length + 1) * width);
  for (let at = left.length - 1; at >= 0; at -= 1)
    for (let to = right.length - 1; to >= 0; to -= 1) {
      const cell = at * width + to;
      const below = table[cell + width] ?? 0;
      const beside = table[cell + 1] ?? 0;
      table[cell] = left[at] === right[to] ? (table[cell + width + 1] ?? 0) + 1 : Math.max(below, beside);
    }
  const marked: string[] = [];
  let [at, to] = [0, 0];
  while (at < left.length || to < right.length) {
    const cell = at * width + to;
    if (at < left.length && to < right.length && left[at] === right[to]) {
      marked.push(` ${left[at] ?? ""}`);
      at += 1;
      to += 1;
    } else if (at < left.length && (to === right.length || (table[cell + width] ?? 0) >= (table[cell + 1] ?? 0))) {
      marked.push(`-${left[at] ?? ""}`);
      at += 1;
    } else {
      marked.push(`+${right[to] ?? ""}`);
      to += 1;
    }
  }
  return marked;
}

/** The changed lines with what stands around them, and `@@ -line +line @@` before each group. */
function toHunks(all: readonly string[]): readonly string[] {
  const near = all.map((_, at) =>
    all.slice(Math.max(0, at - AROUND), at + AROUND + 1).some((line) => !line.startsWith(" ")),
  );
  let [left, right] = [1, 1];
  return all.flatMap((line, at) => {
    const head = near[at] === true && near[at - 1] !== true ? [`@@ -${left} +${right} @@`] : [];
    if (!line.startsWith("+")) left += 1;
    if (!line.startsWith("-")) right += 1;
    return near[at] === true ? [...head, line] : [];
  });
}
