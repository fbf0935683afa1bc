import type { Issue } from "../answers/prompt-engineer.ts";
import type { Change } from "../answers/refactoring-specialist.ts";
import { showStart, showText } from "./show.ts";

const HEAD = ["|  | Change | Where | Issue | Confidence | Risk |", "| --- | --- | --- | --- | --- | --- |"];
const MAX_WORDS = 15;

/** A row for each change, in the order of the plan: what a human reads first. */
export function renderOverview(
  changes: readonly Change[],
  issues: readonly Issue[],
  confidenceOf: (change: Change) => number,
): readonly string[] {
  const rows = changes.map((change, at) => {
    const [issue] = change.addresses
      .flatMap((index) => issues[index] ?? [])
      .toSorted((left, right) => right.confidence - left.confidence);
    const cells = [
      showText(tellWhere(change)),
      showStart(issue?.symptom ?? "", MAX_WORDS),
      confidenceOf(change),
      change.risk,
    ];
    return `${startOf(at + 1, change.title)} ${cells.map((cell) => toCell(String(cell))).join(" | ")} |`;
  });
  return rows.length === 0 ? [] : [...HEAD, ...rows];
}

/** How the row of a change begins; by it a row is known to be of a change that is there. */
function startOf(number: number, title: string): string {
  return `| ${number} | ${toCell(showText(title))} |`;
}

/** A table of ours, and of each row whether a change has that number and title; null for a line that is of no table. */
export function judgeOverviewLine(line: string, titles: readonly string[]): "head" | "of a change" | "of none" | null {
  if (!line.startsWith("|")) return null;
  if (HEAD.includes(line)) return "head";
  return titles.some((title, at) => line.startsWith(startOf(at + 1, title))) ? "of a change" : "of none";
}

function tellWhere({ file, place, replaces }: Change): string {
  if (replaces !== undefined) return `${replaces}, replaced`;
  if (place.startsWith("below ")) return place.replace(/^below (.*)$/u, "$1, below");
  return place === "new file" ? `${file}, new` : `${file}, at the end`;
}

/** A text as a cell of a table. */
export function toCell(text: string): string {
  return text.replaceAll("|", "\\|");
}
