/** A pattern or a kind of issue that a human marked: it is not so, or nothing shall be done about it. */
export type Muted = {
  readonly name: string;
  readonly verdict: "wrong" | "not wanted";
  /** The human's words behind the verdict, one line; null without any. */
  readonly reason: string | null;
};

const LINE = /^\s*[-*]\s+`?([a-z][a-z_-]{0,39})`?\s*:\s*(wrong|not wanted)\b[\s,;:.–—-]*(.*)$/iu;
/** In UTF-16 units. A reason is shown to the human and to the agent, whole or cut. */
const MAX_REASON = 200;

/**
 * Reads docs/audit/marks.md, a line each: `- repeated_file_reads: not wanted, our notes are read on purpose`. What else the
 * file says is the human's own; of two lines about one name the last counts.
 */
export function parseMuted(text: string): ReadonlyMap<string, Muted> {
  const muted = new Map<string, Muted>();
  for (const line of text.split(/\r?\n/u)) {
    const [, written, verdict, rest = ""] = LINE.exec(line) ?? [];
    if (written === undefined) continue;
    const name = written.toLowerCase();
    const reason = toReason(rest);
    muted.set(name, { name, verdict: verdict?.toLowerCase() === "wrong" ? "wrong" : "not wanted", reason });
  }
  return muted;
}

/** Without what a reader would not see, such as control characters. */
function toReason(text: string): string | null {
  const visible = text
    .replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\u2028\u2029]/gu, " ")
    .replaceAll(/\s+/gu, " ")
    .trim();
  if (visible === "") return null;
  return visible.length > MAX_REASON ? `${visible.slice(0, MAX_REASON)}…` : visible;
}
