// Control, format (zero-width, bidirectional, tags), private-use and unassigned characters, and lone surrogates.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\u2028\u2029]+/gu;
// A name may hold letters and digits of any script and what tool names and paths use; markup and quotes become "_".
const NOT_NAME = /[^\p{L}\p{M}\p{N} _.:/@()+,#*&=~[\]-]/gu;

/** One visible line: control, invisible and direction-changing characters and line breaks become single spaces. */
export function toOneLine(value: string): string {
  return value.replace(INVISIBLE, " ").replace(/\s+/gu, " ").trim();
}

/** At most `max` UTF-16 units, never half a character; what is cut is marked with "…". */
export function truncate(value: string, max: number): string {
  if (value.length <= max) return value;
  return `${value
    .slice(0, max - 1)
    .replace(/[\uD800-\uDBFF]$/u, "")
    .trimEnd()}…`;
}

/** A name from outside (tool, subagent, file), fit to be shown: one line, bounded, without markup. */
export function toName(value: string, max = 100): string {
  if (value.length <= max && /^\w[\w./:-]*$/u.test(value)) return value;
  const line = toOneLine(value.length > 4 * max ? value.slice(0, 4 * max) : value).replace(NOT_NAME, "_");
  return truncate(line, max) || "unnamed";
}

/** "LLM Call #" for "LLM Call 12": names that differ by their number are thousands, and one is enough. */
export function withoutNumber(name: string): string {
  const cut = name.slice(0, 80);
  let end = cut.length;
  while (end > 0 && cut.charCodeAt(end - 1) >= 48 && cut.charCodeAt(end - 1) <= 57) end -= 1;
  return end === cut.length ? cut : `${cut.slice(0, end)}#`;
}
