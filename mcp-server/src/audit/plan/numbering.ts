import { toCell } from "./overview.ts";
import { ACCEPTANCE, HEADINGS, STEPS, TITLE as TOP } from "./wording.ts";

const ITEM = /^(\d{1,3})(?=\. )/u;
const TITLE = /^(### )(\d{1,3})(?=\. )/u;
/** A row of the table below the title: its number and its title's cell. */
const ROW = /^\| (\d{1,3}) \| (.*?(?<!\\)) \| /u;
const ADDRESSES = /^(- Addresses: issues? )(\d{1,3}(?:, \d{1,3})*)(?=\s*$)/u;

/**
 * A plan whose numbered lines count from 1, as a reader of the rendered plan sees them: whoever takes a line out leaves a gap.
 * What a change addresses follows its issue; a number whose issue was taken out is left out where the change has others. The
 * table below the title has a row for each change that is there.
 */
export function renumber(markdown: string): string {
  const numbers = issueNumbers(markdown);
  const rowOf = readRows(markdown);
  let heading = "";
  let isStep = false;
  let next = 1;
  const count = (): string => String(next++);
  return markdown
    .split("\n")
    .flatMap((line) => {
      const bare = line.trimEnd();
      if (/^#{1,2}(?:\s|$)/u.test(line)) [heading, isStep, next] = [bare, false, 1];
      if (heading === HEADINGS[5] && (bare === STEPS || bare === ACCEPTANCE)) [isStep, next] = [bare === STEPS, 1];
      if (heading === TOP && ROW.test(line)) return rowOf.get(line) ?? [];
      if (heading === HEADINGS[1] || heading === HEADINGS[2] || isStep) return line.replace(ITEM, count);
      if (heading !== HEADINGS[3]) return line;
      return line
        .replace(TITLE, (_, mark: string) => mark + count())
        .replace(ADDRESSES, (all, start: string, list: string) => {
          const kept = list.split(", ").flatMap((number) => numbers.get(number) ?? []);
          return kept.length === 0 ? all : start + kept.join(", ");
        });
    })
    .join("\n");
}

/** What becomes of each issue's number; none where the numbers are right, or where one stands there twice. */
function issueNumbers(markdown: string): ReadonlyMap<string, number> {
  const lines = markdown.split("\n").map((line) => line.trimEnd());
  const start = lines.indexOf(HEADINGS[1]) + 1;
  const end = lines.findIndex((line, at) => at >= start && /^#{1,2}(?:\s|$)/u.test(line));
  const found = lines.slice(start, end === -1 ? undefined : end).flatMap((line) => ITEM.exec(line)?.[1] ?? []);
  const numbers = new Map(found.map((number, at) => [number, at + 1]));
  return numbers.size < found.length || found.every((number, at) => Number(number) === at + 1) ? new Map() : numbers;
}

/** What becomes of each row of the table: of changes that are all there by their order, else by their titles. */
function readRows(markdown: string): ReadonlyMap<string, string> {
  const lines = markdown.split("\n");
  const titles = lines.flatMap((line) => /^### \d{1,3}\. (.*\S)\s*$/u.exec(line)?.[1] ?? []).map(toCell);
  const end = lines.findIndex((line) => line.startsWith("## "));
  const rows = lines.slice(0, end === -1 ? undefined : end).filter((line) => ROW.test(line));
  const isWhole = rows.length === titles.length;
  const found = rows.flatMap((row, at): (readonly [string, string])[] => {
    const [all = "", , title = ""] = ROW.exec(row) ?? [];
    const now = isWhole ? at : titles.indexOf(title);
    return now === -1 ? [] : [[row, `| ${now + 1} | ${titles[now] ?? title} | ${row.slice(all.length)}`]];
  });
  return new Map(found);
}
