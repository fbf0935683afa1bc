/**
 * What a human says of a kind of symptom or of a pattern: it is not so, or nothing shall be done about it. `since`:
 * `YYYY-MM-DD`. `reason`: the human's words behind the verdict, one line; null without any.
 */
export type Mark = {
  readonly verdict: "wrong" | "not wanted";
  readonly since: string | null;
  readonly reason: string | null;
};

const LINE = /^\s*[-*]\s+`?([a-z][a-z_-]{0,39})`?\s*:\s*(wrong|not wanted)\b(.*)$/iu;
/** In UTF-16 units. A reason is shown to the human and to the agent, whole or cut. */
const MAX_REASON = 200;

/**
 * Reads the marks, a line each: `- verification-gap: not wanted, 2026-03-04` or `- giant_reads: wrong, our logs are long`. What
 * else the file says is the human's own; of two lines about one name the last counts.
 */
export function parseMarks(text: string): ReadonlyMap<string, Mark> {
  const marks = new Map<string, Mark>();
  for (const line of text.split(/\r?\n/u)) {
    const [, name, verdict, rest = ""] = LINE.exec(line) ?? [];
    if (name === undefined) continue;
    marks.set(name.toLowerCase(), {
      verdict: verdict?.toLowerCase() === "wrong" ? "wrong" : "not wanted",
      since: DATE.exec(rest)?.[1] ?? null,
      reason: toReason(rest),
    });
  }
  return marks;
}

const DATE = /\b(?:since\s+)?(\d{4}-\d\d-\d\d)\b/iu;

/** What stands behind the verdict and its date, without what a reader would not see, such as control characters. */
function toReason(text: string): string | null {
  const visible = text
    .replace(DATE, " ")
    .replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\u2028\u2029]/gu, " ")
    .replace(/^[\s,;:.–—-]+/u, "")
    .replaceAll(/\s+/gu, " ")
    .trim();
  if (visible === "") return null;
  return visible.length > MAX_REASON ? `${visible.slice(0, MAX_REASON)}…` : visible;
}
