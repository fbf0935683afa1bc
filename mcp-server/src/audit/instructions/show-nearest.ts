import { toChooser } from "./choose.ts";
import { toLineIndex, type LineIndex } from "./line-index.ts";
import type { Line } from "./lines.ts";
import { searchedLines, showFrame, tellNone, toOutlined } from "./outline.ts";
import { parseLineRef, type LineRef, type PromptFile, type PromptFiles } from "./prompt-file.ts";
import { scoreLines } from "./score.ts";
import { seenInText, type Seen } from "./seen.ts";
import { costOf, showLine, toShownText } from "./show-line.ts";

/** What `refactoring-specialist` is given of the instructions, in characters (UTF-16 units). */
export const MAX_NEAREST = 6000;
const MAX_FILES_PART = 1200;
/** Of the named line's section these are shown, the nearest first. */
const AROUND = [0, -1, 1, -2, 2, -3, 3];
const MAX_TITLE = 120;

/** An accepted issue: what it recommends, and the line of a prompt file that it names (`CLAUDE.md:14`). */
export type NamedIssue = { readonly recommendation: string; readonly where: string | null };

/**
 * The lines of the prompt files nearest to each recommendation, with their headings, at most 6,000 characters: first what stands
 * around the line that an issue names, then what shares most with its words. The room is shared equally.
 */
export function showNearest(files: PromptFiles, issues: readonly NamedIssue[]): string {
  const outlined = toOutlined(files);
  if (outlined.length === 0) return tellNone(files);
  const index = toLineIndex(searchedLines(outlined));
  const costs = index.lines.map(costOf);
  const frame = showFrame(outlined, MAX_FILES_PART, files);
  const parts: string[] = [frame];
  let left = MAX_NEAREST - frame.length;
  for (const [at, issue] of issues.entries()) {
    const title = `\nNearest to recommendation ${at + 1}, "${toShownText(issue.recommendation, MAX_TITLE)}":`;
    const room = Math.floor(left / (issues.length - at)) - title.length - 2;
    if (room < 0) break;
    const where = issue.where === null ? null : parseLineRef(issue.where);
    const same = outlined.find(({ file }) => file.path === where?.path)?.sameAs ?? where?.path ?? "";
    const seen = seenInText(issue.recommendation);
    const near = nearestTo(index, costs, seen, where === null ? null : { ...where, path: same }, room).map((line) =>
      showLine(line, (term) => seen.terms.get(term) ?? 0),
    );
    // A secret that is redacted can take more room than it had.
    while (near.join("\n").length > room) near.pop();
    const part = [title, ...(near.length === 0 ? ["No line is near it."] : near)].join("\n");
    if (part.length + 1 > left) break;
    parts.push(part);
    left -= part.length + 1;
  }
  return parts.join("\n");
}

function nearestTo(
  index: LineIndex,
  costs: readonly number[],
  seen: Seen,
  where: LineRef | null,
  room: number,
): readonly Line[] {
  const { lines } = index;
  const named =
    where === null ? -1 : lines.findIndex(({ file, number }) => number === where.line && isNamed(file, where.path));
  const around: Line[] = [];
  let left = room;
  const target = lines[named];
  if (target !== undefined) {
    const near = AROUND.map((step) => lines[named + step]);
    for (const line of [...near, ...target.above]) {
      if (line === undefined || line.isBlank || !isInSection(line, target) || costOf(line) > left) continue;
      around.push(line);
      left -= costOf(line);
    }
  }
  const choose = toChooser(index, scoreLines(index, seen, true), costs);
  const chosen = new Set([...around, ...choose(left)]);
  return lines.filter((line) => chosen.has(line));
}

function isInSection(line: Line, target: Line): boolean {
  const section = target.level > 0 ? target : target.above.at(-1);
  return (
    line.file === target.file &&
    (line === section ||
      line === target ||
      line.above.includes(section ?? target) ||
      (section === undefined && line.above.length === 0))
  );
}

function isNamed(file: PromptFile, path: string): boolean {
  return file.path === path || file.links?.includes(path) === true;
}
