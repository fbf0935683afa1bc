import { ISSUE_KINDS } from "../answers/prompt-engineer.ts";
import { MARKS_PATH } from "../layout/places.ts";

const ITEM = /^\s*[-*]\s+`?([a-z][a-z_-]{0,39})`?\s*:\s*(\S.*)$/iu;
const VERDICT = /^(?:wrong|not wanted)\b/iu;
const MAX_SHOWN = 3;

/**
 * What the human is told of lines that were meant as marks and mark nothing; null without any. Kinds are written with hyphens and
 * patterns with underscores, so a name with hyphens that is no kind is misspelt; and a known name without a verdict is no mark.
 */
export function explainOddMarks(text: string): string | null {
  const kinds: readonly string[] = ISSUE_KINDS;
  const odd = text.split(/\r?\n/u).flatMap((line) => {
    const [, written = "", rest = ""] = ITEM.exec(line) ?? [];
    const name = written.toLowerCase();
    const isKind = kinds.includes(name);
    if (VERDICT.test(rest)) {
      if (isKind || !name.includes("-")) return [];
      return [`"${name}" is no kind of issue, and a pattern is written ${name.replaceAll("-", "_")}`];
    }
    return isKind ? [`"${name}" has to be followed by "wrong" or "not wanted"`] : [];
  });
  if (odd.length === 0) return null;
  const more = odd.length > MAX_SHOWN ? `; and ${odd.length - MAX_SHOWN} more` : "";
  return `${MARKS_PATH} has lines that mark nothing: ${odd.slice(0, MAX_SHOWN).join("; ")}${more}.`;
}
