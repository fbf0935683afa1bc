const WORDS = ["last", "session", "sample:5", "list", "help"] as const;
/** Two slips of the fingers in one word; more is another word. */
const MAX_SLIPS = 2;

/** The argument of `/audit` that a malformed one was probably meant to be, or null. */
export function suggestArgument(written: string): string | null {
  const text = written.trim().toLowerCase();
  const [, session] = /^sessions?[\s=]+(\S+)$/iu.exec(written.trim()) ?? [];
  if (session !== undefined) return `session:${session}`;
  const size = /^[a-z]{4,8}[\s:=-]*(\d{1,3})$/u.exec(text)?.[1];
  if (size !== undefined && slips(text.replace(/[\s:=\d-]+$/u, ""), "sample") <= MAX_SLIPS)
    return `sample:${Math.min(50, Math.max(1, Number(size)))}`;
  const [id] = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9a-f]{32}\b/u.exec(text) ?? [];
  if (id !== undefined) return id.includes("-") ? `session:${id}` : id;
  const near = WORDS.filter((word) => slips(text, word) <= MAX_SLIPS);
  return near.toSorted((left, right) => slips(text, left) - slips(text, right))[0] ?? null;
}

/**
 * Whether a text, which could be the id of a trace, is rather one of the words with a slip of the fingers: it has letters
 * alone, or is written as an option of a program.
 */
export function isSlip(written: string): boolean {
  const text = written.trim().toLowerCase();
  if (text.startsWith("-")) return true;
  const near = WORDS.filter((word) => slips(text, word) <= (word.length > 4 ? MAX_SLIPS : 1));
  return /^[a-z]{2,12}$/u.test(text) && near.length > 0 && !near.some((word) => word === text);
}

/** How many letters were put in, left out, changed or swapped (Damerau and Levenshtein, optimal string alignment). */
function slips(from: string, to: string): number {
  let before: readonly number[] = [];
  let row: readonly number[] = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let at = 1; at <= Math.min(from.length, 40); at += 1) {
    const next = [at];
    for (let other = 1; other <= to.length; other += 1) {
      const isSame = from[at - 1] === to[other - 1];
      const isSwapped = at > 1 && other > 1 && from[at - 1] === to[other - 2] && from[at - 2] === to[other - 1];
      next.push(
        Math.min(
          (row[other] ?? 0) + 1,
          (next[other - 1] ?? 0) + 1,
          (row[other - 1] ?? 0) + (isSame ? 0 : 1),
          isSwapped ? (before[other - 2] ?? 0) + 1 : Infinity,
        ),
      );
    }
    [before, row] = [row, next];
  }
  return row[to.length] ?? Infinity;
}
