import { isNoteLine } from "./change-note.ts";
import { quote, type AddProblem } from "../answers/form.ts";
import { isHiding } from "../sentences/invisible-text.ts";
import { COMPARISON, HEADINGS, TITLE, type Heading } from "./wording.ts";

/** The lines below each heading, blank ones left out, and the comparison where there is one. */
export type Sections = {
  readonly linesOf: (heading: Heading) => readonly string[];
  readonly comparison: string | null;
  /** The rows of the table below the title. */
  readonly overview: readonly string[];
  /** The last section as it is written, for the `/plop` block. */
  readonly last: string;
};

/** Cuts a plan at its headings and says which are missing, strange, doubled or out of order. */
export function splitSections(markdown: string, addProblem: AddProblem): Sections {
  const lines = markdown
    .replace(/^\ufeff/u, "")
    .replace(/\r\n?/gu, "\n")
    .split("\n");
  const found: { readonly heading: string; readonly lines: string[] }[] = [];
  for (const line of lines.map((line) => line.trimEnd())) {
    if (/^#{1,2}(?:\s|$)/u.test(line)) found.push({ heading: line, lines: [] });
    else if (found.length > 0) found.at(-1)?.lines.push(line);
    else if (line !== "") addProblem(`Before "${TITLE}" stands ${quote(line)}. The plan begins with that heading.`);
    if (isHiding(line.replaceAll("\t", " ")) && !line.startsWith("- Goal:"))
      addProblem(`The line ${quote(line)} holds a comment or an invisible character, which the human would not see.`);
  }
  checkHeadings(
    found.map(({ heading }) => heading),
    addProblem,
  );
  const under = (heading: string): readonly string[] =>
    found.find((section) => section.heading === heading)?.lines ?? [];
  for (const line of under(TITLE))
    if (line !== "" && !isNoteLine(line) && !line.startsWith("|"))
      addProblem(
        `Below "${TITLE}" stands ${quote(line)}. Only the table of the changes and "${HEADINGS[0]}" follow it.`,
      );
  return {
    linesOf: (heading) => under(heading).filter((line) => line.trim() !== ""),
    comparison: found.some(({ heading }) => heading === COMPARISON) ? under(COMPARISON).join("\n").trim() : null,
    overview: under(TITLE).filter((line) => line.startsWith("|")),
    last: under(HEADINGS[5]).join("\n").trim(),
  };
}

function checkHeadings(found: readonly string[], addProblem: AddProblem): void {
  const all: readonly string[] = [TITLE, HEADINGS[0], COMPARISON, ...HEADINGS.slice(1)];
  for (const heading of all)
    if (heading !== COMPARISON && !found.includes(heading)) addProblem(`The heading "${heading}" is missing.`);
  for (const heading of new Set(found)) {
    if (!all.includes(heading)) addProblem(`${quote(heading)} is no heading of a plan. They are: ${all.join(" / ")}.`);
    if (found.indexOf(heading) !== found.lastIndexOf(heading))
      addProblem(`The heading "${heading}" stands there twice.`);
  }
  const known = found.filter((heading, at) => all.includes(heading) && found.indexOf(heading) === at);
  const sorted = known.toSorted((left, right) => all.indexOf(left) - all.indexOf(right));
  if (known.some((heading, at) => heading !== sorted[at]))
    addProblem(`The headings are out of order. Their order is: ${sorted.join(" / ")}.`);
}

/** The items of a numbered list, in their order, whatever their numbers; what is no such item is reported. */
export function readNumbered(lines: readonly string[], place: string, addProblem: AddProblem): readonly string[] {
  const items: string[] = [];
  for (const line of lines) {
    const match = /^\d{1,3}\. (.*\S)$/u.exec(line);
    if (match === null) addProblem(`${place}: ${quote(line)} is no numbered line such as "${items.length + 1}. …".`);
    if (match?.[1] !== undefined) items.push(match[1]);
  }
  return items;
}
