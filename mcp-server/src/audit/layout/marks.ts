/** What a human says of a kind of symptom: it is not so, or nothing shall be done about it. `since`: `YYYY-MM-DD`. */
export type Mark = { readonly verdict: "wrong" | "not wanted"; readonly since: string | null };

const LINE = /^\s*[-*]\s+`?([a-z][a-z-]{0,39})`?\s*:\s*(wrong|not wanted)\b(.*)$/iu;

/**
 * Reads the marks, a line each: `- verification-gap: not wanted, 2026-03-04`. What else the file says is the human's own; of
 * two lines about one kind the last counts.
 */
export function parseMarks(text: string): ReadonlyMap<string, Mark> {
  const marks = new Map<string, Mark>();
  for (const line of text.split(/\r?\n/u)) {
    const [, kind, verdict, rest = ""] = LINE.exec(line) ?? [];
    if (kind === undefined) continue;
    const since = /\b\d{4}-\d\d-\d\d\b/u.exec(rest)?.[0] ?? null;
    marks.set(kind.toLowerCase(), { verdict: verdict?.toLowerCase() === "wrong" ? "wrong" : "not wanted", since });
  }
  return marks;
}
