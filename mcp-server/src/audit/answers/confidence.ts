import type { SummaryFacts } from "../evidence/summary-facts.ts";
import type { AddProblem } from "./form.ts";

/** What one occurrence earns at most; agents/prompt-engineer.md says so. */
const MAX_OF_ONE = 0.6;
const TURN = "turn:";
const RECURRING = "recurring:";
const METRIC = "metrics.";

/**
 * Reports a confidence that the cited evidence does not carry. The human's own words against something stand in another
 * row than what they are about, or in the row's refusal. So a single row without refused words carries at most 0.6, and
 * whoever relies on the human's words has to cite the row that holds them too.
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

/** The turns that the cited rows and recurring things are about; of a summary of which none is cited, one for a pattern. */
function countOccurrences(cited: readonly string[], facts: readonly SummaryFacts[]): number {
  return facts.reduce((sum, { evidence, rows, recurring }) => {
    const shown = cited.filter((name) => evidence.has(name));
    const turns = rows.map(({ turn }) => turn).filter((turn) => shown.includes(`${TURN}${turn}`));
    const again = recurring.filter(({ kind }) => shown.includes(RECURRING + kind)).flatMap((one) => one.turns);
    // Rows without a number are as many turns as there are rows.
    const count =
      turns.filter((turn) => turn === null).length + new Set([...turns.filter((turn) => turn !== null), ...again]).size;
    return sum + (count === 0 ? Number(shown.some((name) => !name.startsWith(METRIC))) : count);
  }, 0);
}

function isInOwnWords(cited: readonly string[], facts: readonly SummaryFacts[]): boolean {
  return facts.some(({ rows }) =>
    rows.some(({ turn, refused }) => cited.includes(`${TURN}${turn}`) && refused?.includes('"') === true),
  );
}
