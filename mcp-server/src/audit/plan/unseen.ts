import type { SummaryFacts } from "../evidence/summary-facts.ts";

/**
 * What the summaries could not show, in words, such as `the exit of 3 checks`; none where all was seen. A report that
 * nothing went wrong is worth no more than what was seen.
 */
function tellUnseen(facts: readonly SummaryFacts[]): readonly string[] {
  const rows = facts.flatMap((summary) => summary.turns);
  const steps = rows.flatMap(({ did }) => did);
  const hidden = steps.filter(isHidden).length;
  const unchecked = rows.filter((row) => row.unchecked.length > 0).length;
  const folded = facts.reduce((sum, { turns_folded }) => sum + turns_folded, 0);
  const cut = steps.reduce((sum, step) => sum + countLeftOut(step), 0);
  const missing = ASPECTS.filter(([aspect]) => facts.some(({ coverage }) => coverage[aspect] === "not_recorded"));
  return [
    hidden === 0 ? "" : `how ${count(hidden, "check")} ended`,
    unchecked === 0 ? "" : `whether the code that ${count(unchecked, "turn")} left unchecked works`,
    folded === 0 ? "" : `${count(folded, "turn")} without a row`,
    cut === 0 ? "" : `${count(cut, "call")} for which a row had no room`,
    ...missing.map(([, words]) => words),
  ].filter((part) => part !== "");
}

/** One sentence of it, or "" where all was seen. */
export function renderUnseen(facts: readonly SummaryFacts[]): string {
  const unseen = tellUnseen(facts);
  return unseen.length === 0 ? "" : `The audit could not see ${unseen.join(", nor ")}.`;
}

const ASPECTS = [
  ["goal", "what the human asked for"],
  ["order", "in which order things were done"],
  ["targets", "which files and commands were meant"],
  ["errors", "which calls failed"],
  ["subagents", "what subagents did, if there were any"],
] as const;

/** Whether a step is a check of which nobody knows how it ended. */
function isHidden(step: string): boolean {
  if (!/^(?:test|lint|build) /u.test(step)) return false;
  return (
    !/ (?:ok|FAILED|not run|\d+ passed by its last line|ok by its last line)\b/u.test(step) ||
    step.includes("failed or not run")
  );
}

/** How many calls `… explore 9, edit 3` stands for. */
function countLeftOut(step: string): number {
  if (!step.startsWith("… ")) return 0;
  return [...step.matchAll(/ (\d+)(?=,|$)/gu)].reduce((sum, [, calls]) => sum + Number(calls), 0);
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}
