import { namesOfRecurring } from "../evidence/rows.ts";
import type { SummaryFacts } from "../evidence/summary-facts.ts";
import { statesFault } from "../../trace/values/objection.ts";
import type { AddProblem } from "./form.ts";

/** What one occurrence earns at most; agents/prompt-engineer.md says so. */
const MAX_OF_ONE = 0.6;
const TURN = "turn:";

/**
 * Reports a confidence that the cited evidence does not carry. The human's own words against something stand in another
 * row than what they are about, or in the row's refusal. So a single row without refused words carries at most 0.6, unless
 * its own prompt states a fault: then it is the row of the human's words, about the turn before.
 */
export function checkConfidence(
  confidence: number,
  cited: readonly string[],
  path: string,
  facts: readonly SummaryFacts[],
  addProblem: AddProblem,
): void {
  if (confidence <= MAX_OF_ONE || countOccurrences(cited, facts) > 1 || isInOwnWords(cited, facts)) return;
  addProblem(
    `${path}.confidence is ${confidence}, and its evidence shows one occurrence, which earns at most ${MAX_OF_ONE}. Lower it, or cite the other rows that show it, such as the row with the human's words against it.`,
  );
}

/**
 * How often the cited evidence shows something: the turns of cited rows and recurring things, or the summaries with a cited
 * pattern, whichever are more. Of sessions that all have a row of a cited number only one is meant.
 */
function countOccurrences(cited: readonly string[], facts: readonly SummaryFacts[]): number {
  const numbered = cited.filter((name) => name.startsWith(TURN) && facts.some(({ evidence }) => evidence.has(name)));
  const again = facts.flatMap(({ recurring }, at) =>
    recurring
      .filter((row) => namesOfRecurring(row).some((name) => cited.includes(name)))
      .flatMap(({ turns }) => turns.map((turn) => `${TURN}${turn}`).filter((name) => !numbered.includes(name)))
      .map((name) => `${at} ${name}`),
  );
  // Rows without a number are as many turns as one summary has of them.
  const unnumbered = numbered.includes(`${TURN}null`) ? Math.max(...facts.map(countUnnumbered)) - 1 : 0;
  const isPattern = (name: string): boolean => !name.includes(":") && !name.includes(".");
  const showing = facts.filter(({ evidence }) => cited.some((name) => isPattern(name) && evidence.has(name)));
  return Math.max(new Set(numbered).size + unnumbered + new Set(again).size, showing.length);
}

function countUnnumbered({ turns }: SummaryFacts): number {
  return turns.filter(({ turn }) => turn === null).length;
}

function isInOwnWords(cited: readonly string[], facts: readonly SummaryFacts[]): boolean {
  return facts.some(({ turns }) =>
    turns.some(({ turn, human, refused }) => {
      const isSaid = refused?.includes('"') === true || (turn !== 1 && statesFault(human) === true);
      return isSaid && cited.includes(`${TURN}${turn}`);
    }),
  );
}
