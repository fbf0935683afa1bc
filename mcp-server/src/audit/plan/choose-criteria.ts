import type { Issue, IssueKind } from "../answers/prompt-engineer.ts";
import type { SummaryFacts } from "../evidence/summary-facts.ts";
import { decideOf, patternMeasure, renderCriterion, type Measure } from "./criteria.ts";
import { TURN_TRAITS, turnsOf, type Turn } from "./turn-traits.ts";

/** What a kind of issue is about, where a row of the table shows it. */
const OF_KIND: Readonly<Partial<Record<IssueKind, readonly string[]>>> = {
  "verification-gap": ["unchecked"],
  "masked-check": ["hidden"],
  "red-check-dismissed": ["failed_last"],
  "test-at-wrong-layer": ["faulted"],
  "human-as-tester": ["faulted", "unchecked"],
  "human-correction": ["faulted", "refused"],
  "scope-overrun": ["faulted", "refused"],
  "question-answered-with-edit": ["question_edited"],
  "unrequested-files": ["faulted", "refused"],
  "unrequested-git": ["faulted", "refused"],
  "sibling-missed": ["faulted", "rework"],
  "partial-sweep": ["faulted", "rework"],
  "incomplete-commit": ["git"],
  "fix-by-guess": ["rework", "failed_run"],
  "trial-and-error": ["failed_run"],
  "undone-work": ["rework", "faulted"],
  "not-found-paths": ["missing"],
  environment: ["failed_run"],
  "permission-friction": ["refused"],
  "lint-loop": ["failed_run"],
  "wasted-subagent": ["agents"],
};
/** What any issue can be about that cites such a row. */
const OF_ANY = ["git", "refused", "interrupted", "unchecked", "failed_last", "faulted", "rework"];

/** What of an issue its criterion follows from. */
type Cause = Pick<Issue, "kind" | "evidence" | "recommendation">;

/** The metrics that are better when they are lower. */
const FALLING = ["error_calls", "tool_calls", "subagent_tool_calls"];

/**
 * The acceptance criteria of a plan, without their dashes: for each issue one that its evidence gives and a later summary
 * decides, then the fixed ones. Issues with one measure share a line.
 */
export function toCriteria(issues: readonly Cause[], facts: readonly SummaryFacts[]): readonly string[] {
  const measures = issues.map((issue) => toMeasure(issue, facts));
  const lines = measures.filter((measure) => measure !== null).map((measure) => renderCriterion(measure, facts));
  const fixed = [
    ...(issues.some(isAboutPlanning) ? (["plan_before_first_tool"] as const) : []),
    "tool_calls_per_task" as const,
    "success" as const,
  ].map((metric) => renderCriterion({ kind: "fixed", metric }, facts));
  return [...new Set([...lines, ...fixed])];
}

/**
 * What the kind of the issue is about, where a cited row shows it; else a cited pattern, what recurs, what a cited row
 * leaves open, a cited metric; else the human's prompts. Null when the fixed criteria measure it.
 */
function toMeasure(issue: Cause, facts: readonly SummaryFacts[]): Measure | null {
  const { kind, evidence } = issue;
  const traits = (ids: readonly string[]): readonly Measure[] =>
    TURN_TRAITS.filter(({ id }) => ids.includes(id))
      .toSorted((left, right) => ids.indexOf(left.id) - ids.indexOf(right.id))
      .filter((trait) => citedTurns(trait.id, issue, facts).some((turn) => trait.isOpen(turn) && trait.isShown(turn)))
      .map((trait) => ({ kind: "turns", trait }));
  const patterns = evidence.filter((name) => /^[a-z0-9_]+$/u.test(name)).map(patternMeasure);
  const recurring = namesAfter("recurring:", evidence).map((what): Measure => ({ kind: "recurring", what }));
  const metrics = namesAfter("metrics.", evidence)
    .filter((name) => FALLING.includes(name))
    .map((name): Measure => ({ kind: "metric", name }));
  const candidates = [...traits(OF_KIND[kind] ?? []), ...patterns, ...recurring, ...traits(OF_ANY), ...metrics];
  const first = candidates.find((measure) => facts.some((one) => isBad(decideOf({ measure }, one))));
  if (first !== undefined) return first;
  const isMeasured = isAboutPlanning(issue) || namesAfter("metrics.", evidence).includes("tool_calls_per_task");
  return isMeasured ? null : { kind: "prompts" };
}

/** Whether there is something that can get better. */
function isBad(value: boolean | number | null): boolean {
  return value === true || (typeof value === "number" && value > 0);
}

/** The turns whose row is cited; the human's words about a turn are the next row's. */
function citedTurns(trait: string, { evidence }: Cause, facts: readonly SummaryFacts[]): readonly Turn[] {
  const isCited = (row: Turn["after"]): boolean => row !== null && evidence.includes(`turn:${row.turn}`);
  return facts.flatMap((one) =>
    turnsOf(one).filter(({ row, after }) => isCited(row) || (trait === "faulted" && isCited(after))),
  );
}

function isAboutPlanning({ kind, evidence, recommendation }: Cause): boolean {
  const isCited = evidence.some((name) => /^[a-z_]*plan(?:ning)?(?:_[a-z]+)*$|^metrics\.plan_/u.test(name));
  return kind === "plan-ignored" || isCited || /\bPLAN\b/u.test(recommendation);
}

function namesAfter(prefix: string, names: readonly string[]): readonly string[] {
  return names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
}
