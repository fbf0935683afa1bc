import type { Issue, IssueKind } from "../answers/prompt-engineer.ts";
import type { SummaryFacts } from "../evidence/summary-facts.ts";
import { termsOf } from "../instructions/words.ts";
import { decideOf, patternMeasure, renderCriterion, tellChanges, toText, type Measure } from "./criteria.ts";
import { TURN_TRAITS, turnsOf, type Turn, type TurnTrait } from "./turn-traits.ts";

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
/** The metrics that are better when they are lower. */
const FALLING = ["error_calls", "tool_calls", "subagent_tool_calls"];

/** What the criteria need to know of a change. */
type Addressing = { readonly addresses: readonly number[] };

/**
 * The acceptance criteria of a plan, without their dashes: of each change one for each issue that it addresses, given by the
 * issue's evidence and decided by a later summary; then the fixed ones. What has one measure shares a line, and so do the
 * changes that an audit cannot measure: these say what to look at instead.
 */
export function toCriteria(
  changes: readonly Addressing[],
  issues: readonly Issue[],
  facts: readonly SummaryFacts[],
): readonly string[] {
  const measures = issues.map((issue) => toMeasure(issue, facts));
  const lines = new Map<string, { readonly measure: Measure; readonly changes: number[] }>();
  const unmeasured: { readonly number: number; readonly issues: readonly Issue[] }[] = [];
  for (const [at, { addresses }] of changes.entries()) {
    for (const measure of addresses.flatMap((index) => measures[index]?.measure ?? [])) {
      const line = lines.get(toText(measure)) ?? { measure, changes: [] };
      if (!line.changes.includes(at + 1)) line.changes.push(at + 1);
      lines.set(toText(measure), line);
    }
    if (addresses.every((index) => measures[index]?.isMeasured !== true))
      unmeasured.push({ number: at + 1, issues: addresses.flatMap((index) => issues[index] ?? []) });
  }
  const fixed = [
    ...(issues.some(isAboutPlanning) ? (["plan_before_first_tool"] as const) : []),
    "tool_calls_per_task" as const,
    "success" as const,
  ].map((metric) => renderCriterion({ kind: "fixed", metric }, facts));
  return [
    ...[...lines.values()].map((line) => renderCriterion(line.measure, facts, line.changes)),
    ...(unmeasured.length === 0 ? [] : [tellUnmeasured(unmeasured)]),
    ...fixed,
  ];
}

/** What no audit counts, and the turns that show what to look at. */
function tellUnmeasured(changes: readonly { readonly number: number; readonly issues: readonly Issue[] }[]): string {
  const numbers = changes.map(({ number }) => number);
  const cited = changes.flatMap(({ issues }) => issues.flatMap(({ evidence }) => namesAfter("turn:", evidence)));
  const turns = [...new Set(cited)].filter((turn) => /^\d+$/u.test(turn)).toSorted((left, right) => +left - +right);
  const like = turns.length === 0 ? "runs" : `turns like ${turns.slice(0, 6).join(", ")}`;
  return `${tellChanges(numbers)}: not measurable by an audit. Look whether later ${like} do what it says.`;
}

/**
 * What measures an issue, the nearest first: one thing that recurs and is cited; what its kind is about, where a cited row
 * shows it; a cited pattern; a kind of what recurs; what a cited row shows and the symptom speaks of; a cited metric. Without
 * any the issue is not measured, unless one of the fixed criteria does it.
 */
function toMeasure(
  issue: Issue,
  facts: readonly SummaryFacts[],
): { readonly measure: Measure | null; readonly isMeasured: boolean } {
  const { kind, evidence, symptom } = issue;
  const ofKind = OF_KIND[kind] ?? [];
  const traits = (isOfKind: boolean): readonly Measure[] =>
    TURN_TRAITS.filter((trait) => (isOfKind ? ofKind.includes(trait.id) : trait.named.test(symptom)))
      .toSorted((left, right) => ofKind.indexOf(left.id) - ofKind.indexOf(right.id))
      .filter((trait) =>
        citedTurns(trait, issue, facts, isOfKind).some((turn) => trait.isOpen(turn) && trait.isShown(turn)),
      )
      .map((trait) => ({ kind: "turns", trait }));
  const patterns = evidence.filter((name) => /^[a-z0-9_]+$/u.test(name)).map(patternMeasure);
  const recurring = namesAfter("recurring:", evidence).map((name): Measure => {
    const [of = "", ...what] = name.split(":");
    return { kind: "recurring", of, what: what.length === 0 ? null : what.join(":") };
  });
  const isEntry = (measure: Measure): boolean => measure.kind === "recurring" && measure.what !== null;
  const metrics = namesAfter("metrics.", evidence)
    .filter((name) => FALLING.includes(name))
    .map((name): Measure => ({ kind: "metric", name }));
  const candidates = [
    ...recurring.filter(isEntry),
    ...traits(true),
    ...patterns,
    ...recurring.filter((measure) => !isEntry(measure)),
    ...traits(false),
    ...metrics,
  ];
  const measure = candidates.find((one) => facts.some((summary) => isBad(decideOf({ measure: one }, summary)))) ?? null;
  const isFixed = isAboutPlanning(issue) || namesAfter("metrics.", evidence).includes("tool_calls_per_task");
  return { measure, isMeasured: measure !== null || isFixed };
}

/** Whether there is something that can get better. */
function isBad(value: boolean | number | null): boolean {
  return value === true || (typeof value === "number" && value > 0);
}

/**
 * The turns whose row is cited. What a human said of a turn is the next row's. It counts where both are cited or the human
 * speaks of what the symptom speaks of; where the issue's kind is about such words, one of the rows alone is enough.
 */
function citedTurns(
  trait: TurnTrait,
  { evidence, symptom }: Issue,
  facts: readonly SummaryFacts[],
  isOfKind: boolean,
): readonly Turn[] {
  const isCited = (row: Turn["after"]): boolean => row !== null && evidence.includes(`turn:${row.turn}`);
  const terms = new Set(termsOf(symptom));
  const speaksOfIt = (row: Turn["after"]): boolean =>
    termsOf(row?.human ?? "").filter((term) => terms.has(term)).length >= 2;
  return facts.flatMap((one) =>
    turnsOf(one).filter(({ row, after }) => {
      if (trait.id !== "faulted") return isCited(row);
      const isEither = isCited(row) || isCited(after);
      return isEither && (isOfKind ? isCited(after) || speaksOfIt(after) : speaksOfIt(after));
    }),
  );
}

function isAboutPlanning({ kind, evidence, recommendation }: Issue): boolean {
  const isCited = evidence.some((name) => /^[a-z_]*plan(?:ning)?(?:_[a-z]+)*$|^metrics\.plan_/u.test(name));
  return kind === "plan-ignored" || isCited || /\bPLAN\b/u.test(recommendation);
}

function namesAfter(prefix: string, names: readonly string[]): readonly string[] {
  return names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
}
