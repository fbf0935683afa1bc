import { TITLE } from "./wording.ts";

/** The first line of the note; the others follow it as lines of the same quotation. */
const FIRST = "> Changed since the audit:";
const MAX_LINES = 60;

/** Whether a line below the title belongs to a note of what changed since the audit. */
export function isNoteLine(line: string): boolean {
  return line.startsWith("> ");
}

/** A plan without its note. */
export function withoutNote(plan: string): string {
  const rows = plan.split("\n");
  const start = rows.findIndex((row) => row.trimEnd() === FIRST);
  if (start === -1 || rows.slice(0, start).some((row) => row.trim() !== "" && row.trimEnd() !== TITLE)) return plan;
  const length = rows.slice(start).findIndex((row) => !isNoteLine(row));
  const end = length === -1 ? rows.length : start + length + (rows[start + length]?.trim() === "" ? 1 : 0);
  return [...rows.slice(0, start), ...rows.slice(end)].join("\n");
}

/** A plan with a note below its title of how it differs from the one that the audit wrote: `diff` as `diff -u` shows it. */
export function withNote(plan: string, diff: readonly string[]): string {
  const bare = withoutNote(plan);
  const changed = diff.filter((line) => /^[+-]/u.test(line) && line.slice(1).trim() !== "");
  if (changed.length === 0) return bare;
  const shown = changed.slice(0, MAX_LINES).map((line) => `> ${line.slice(0, 1)} ${line.slice(1)}`);
  const more = changed.length > MAX_LINES ? [`> … and ${changed.length - MAX_LINES} more lines`] : [];
  return bare.replace(`${TITLE}\n`, () => [TITLE, "", FIRST, ...shown, ...more, ""].join("\n"));
}
