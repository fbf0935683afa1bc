import { quote, type AddProblem } from "./form.ts";
import type { SummaryFacts } from "../evidence/summary-facts.ts";

/** A number by itself: none inside a name, a path, a version, a hash or a time. */
const NUMBER = /(?<![\p{L}\p{N}_.,:/@#-])\d+(?:[.,]\d+)?(?![\p{L}\p{N}_:/@-]|[.,]\d)/gu;
/** Said of an exit more often than counted. */
const EXIT_CODES: ReadonlySet<string> = new Set(["0", "1"]);
/** `turn 4`, `turns 4, 6 and 7`: rows of the table by their numbers. */
const TURNS = /\bturns? \d+(?:(?:, and |, | and | or | to |[-–])\d+)*/giu;
/** `3 of 5 traces`, `3/5`: how many of the summaries show it. */
const SHARE = /(?<![\p{N}/])(\d+)(?: of (?:the )?| ?\/ ?)(\d+)(?![\p{N}/])/gu;
/** A name that ends like a file of code, prose or settings, with its folders. A method's name is none. */
const FILE =
  /[\p{L}\p{N}_@.…-]*[\p{L}\p{N}_](?:\/[\p{L}\p{N}_@.…-]+)*\.(?:[cm]?[jt]sx?|py|go|rs|rb|java|kt|swift|cs|cpp|cc|hpp|php|sh|sql|css|scss|html|vue|svelte|json|jsonl|ya?ml|toml|lock|md|mdx|txt)(?![\p{L}\p{N}_/-])/gu;

/**
 * Says which numbers and files of a symptom nothing shows that the issue cites. Numbers of shown turns and the share of
 * the audit's summaries need no evidence. A file is looked for by its last name, because the table shortens folders.
 * `beside` is what else was shown.
 */
export function checkSymptom(
  symptom: string,
  cited: readonly string[],
  path: string,
  facts: readonly SummaryFacts[],
  addProblem: AddProblem,
  beside = "",
): void {
  const shown = [beside, ...facts.flatMap(({ evidence }) => cited.map((name) => evidence.get(name) ?? ""))].join(" ");
  const rows = new Set(facts.flatMap(({ evidence }) => [...evidence.keys()]));
  const numbers = new Set(shown.match(/\d+(?:\.\d+)?/gu));
  for (const turn of new Set(symptom.match(TURNS)?.flatMap((named) => named.match(/\d+/gu) ?? [])))
    if (!rows.has(`turn:${turn}`) && !numbers.has(turn))
      addProblem(`${path} names turn ${turn}, which no summary of this audit has. Name the turns that you cite.`);
  const rest = symptom
    .replace(TURNS, "")
    .replace(SHARE, (share, part: string, all: string) =>
      Number(all) === facts.length && Number(part) <= facts.length ? "" : share,
    );
  const missing = [
    ...(rest.match(NUMBER) ?? []).filter((number) => !EXIT_CODES.has(number) && !isShown(number, numbers)),
    ...(symptom.match(FILE) ?? []).filter((file) => !shown.includes(file.split("/").at(-1) ?? file)),
  ];
  for (const found of new Set(missing))
    addProblem(
      `${path} has ${quote(found)}, which none of its evidence shows. Cite the row or pattern that shows it, or leave it out.`,
    );
}

/** A number may be written with a comma: before its thousands or before its decimals. */
function isShown(number: string, shown: ReadonlySet<string>): boolean {
  return [number, number.replace(",", ""), number.replace(",", ".")].some((spelling) => shown.has(spelling));
}
