import { sectionEnd } from "../plan/sections.ts";
import { COMPARISON, HEADINGS } from "../plan/wording.ts";

/**
 * A plan with these lines as its comparison, after Source Trace, in place of any that it has; no lines, no section. The
 * figures are computed, so a model need not copy them and cannot change them.
 */
export function putComparison(markdown: string, lines: readonly string[]): string {
  const rows = markdown.split("\n");
  const starts = (heading: string): number => rows.findIndex((row) => row.trim() === heading);
  const old = starts(COMPARISON);
  if (old !== -1) rows.splice(old, sectionEnd(rows, old) - old);
  const at = starts(HEADINGS[1]);
  if (lines.length === 0 || at === -1) return rows.join("\n");
  rows.splice(at, 0, COMPARISON, "", ...lines, "");
  return rows.join("\n");
}
