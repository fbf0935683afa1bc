import type { Issue, IssueKind } from "../answers/prompt-engineer.ts";
import type { SummaryFacts } from "../evidence/summary-facts.ts";
import { decideOf, patternMeasure, renderCriterion, tellChanges, toText, type Measure } from "./criteria.ts";
import { TURN_TRAITS } from "./turn-traits.ts";
import { turnsOf, type Turn } from "./turn.ts";

/** Where the human objects to what was done. */
const OBJECTED = ["recurring:refused", "refused", "interrupted", "permission_denials"];
const TESTED = ["untested", "filtered", "unchecked"];
const FAILING = [
  "recurring:command_failed",
  "retry_failing_command",
  "failed_run",
  "tool_thrash",
  "metrics.error_calls",
];
const MENDED = ["recurring:edit_undone", "edit_revert_churn", "rework"];
const SEARCHED = ["recurring:missing_path", "recurring:search_in_vain", "search_churn", "missing"];
const CONTEXT = ["repeated_file_reads", "giant_reads", "cat_then_read", "context_thrash"];
/**
 * What of a summary a kind of issue is about, the nearest first: traits of turns, patterns, what recurs and metrics, by the
 * names that evidence has. What is not listed measures something else than a change for such an issue, whatever is cited.
 */
const ABOUT: Readonly<Record<IssueKind, readonly string[] | "all that is cited">> = {
  "verification-gap": TESTED,
  "masked-check": ["hidden"],
  "red-check-dismissed": ["failed_last"],
  "weakened-test": ["test_weakening"],
  "test-at-wrong-layer": ["untested", "filtered"],
  "human-as-tester": TESTED,
  "human-correction": OBJECTED,
  "convention-missing": ["recurring:refused", "untested"],
  "scope-overrun": OBJECTED,
  "question-answered-with-edit": ["question_edited", ...OBJECTED],
  "unrequested-files": OBJECTED,
  "unrequested-git": ["git_unasked", ...OBJECTED],
  "sibling-missed": ["rework"],
  "partial-sweep": ["rework"],
  "incomplete-commit": ["git"],
  "plan-ignored": [],
  "doc-drift": [],
  "fix-by-guess": [...MENDED, ...FAILING],
  "trial-and-error": ["recurring:edit_failed", "edit_failed", "edit_failure_streak", "edit_without_read", ...FAILING],
  "undone-work": MENDED,
  overclaimed: [],
  "false-report": [],
  rediscovery: [...SEARCHED, ...CONTEXT],
  "not-found-paths": SEARCHED,
  "context-waste": CONTEXT,
  environment: FAILING,
  "permission-friction": ["recurring:refused", "refused", "permission_denials", "permission_wait"],
  "lint-loop": ["failed_lint", ...FAILING],
  "wasted-subagent": ["over_delegation", "redundant_subagent_reads", "metrics.subagent_tool_calls"],
  other: "all that is cited",
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
 * What measures an issue: the first of what its kind is about that a cited row shows, or that is cited itself, where
 * something of it can get better. Without any the issue is not measured, unless one of the fixed criteria does it.
 */
function toMeasure(
  issue: Issue,
  facts: readonly SummaryFacts[],
): { readonly measure: Measure | null; readonly isMeasured: boolean } {
  const { kind, evidence } = issue;
  const about = ABOUT[kind];
  const names = about === "all that is cited" ? evidence.map(kindOfRecurring) : about;
  const candidates = [...new Set(names)].flatMap((name) => toCandidates(name, issue, facts));
  const measure = candidates.find((one) => facts.some((summary) => isBad(decideOf({ measure: one }, summary)))) ?? null;
  const isFixed = isAboutPlanning(issue) || evidence.includes("metrics.tool_calls_per_task");
  return { measure, isMeasured: measure !== null || isFixed };
}

/** What a name of `ABOUT` measures of an issue: what is cited, or what a cited row shows. Single things that recur come before all of their kind. */
function toCandidates(name: string, issue: Issue, facts: readonly SummaryFacts[]): readonly Measure[] {
  const { evidence, recommendation } = issue;
  const trait = TURN_TRAITS.find(({ id }) => id === name);
  if (trait !== undefined) {
    const isAsked = trait.asked === undefined || trait.asked.test(recommendation);
    const isShown = citedTurns(issue, facts).some((turn) => trait.isOpen(turn) && trait.isShown(turn));
    return isAsked && isShown ? [{ kind: "turns", trait }] : [];
  }
  const metric = /^metrics\.(.+)$/u.exec(name)?.[1];
  if (metric !== undefined)
    return evidence.includes(name) && FALLING.includes(metric) ? [{ kind: "metric", name: metric }] : [];
  const of = /^recurring:(\w+)$/u.exec(name)?.[1];
  if (of === undefined) return evidence.includes(name) && /^[a-z0-9_]+$/u.test(name) ? [patternMeasure(name)] : [];
  const entries = evidence
    .filter((cited) => cited.startsWith(`${name}:`))
    .map((cited) => cited.slice(name.length + 1))
    // A word that stands for any file outside the project is no thing of its own.
    .filter((what) => !what.startsWith("("))
    .map((what): Measure => ({ kind: "recurring", of, what }));
  return [...entries, ...(evidence.includes(name) ? [{ kind: "recurring" as const, of, what: null }] : [])];
}

/** `recurring:refused` of `recurring:refused:exitplanmode`; other names as they are. */
function kindOfRecurring(name: string): string {
  return name.replace(/^(recurring:\w+):.*$/su, "$1");
}

/** Whether there is something that can get better. */
function isBad(value: boolean | number | null): boolean {
  return value === true || (typeof value === "number" && value > 0);
}

/** The turns whose row is cited. */
function citedTurns({ evidence }: Issue, facts: readonly SummaryFacts[]): readonly Turn[] {
  return facts.flatMap((one) => turnsOf(one).filter(({ row }) => evidence.includes(`turn:${row.turn}`)));
}

function isAboutPlanning({ evidence, recommendation }: Issue): boolean {
  const isCited = evidence.some((name) => /^[a-z_]*plan(?:ning)?(?:_[a-z]+)*$|^metrics\.plan_/u.test(name));
  return isCited || /\bPLAN\b/u.test(recommendation);
}

function namesAfter(prefix: string, names: readonly string[]): readonly string[] {
  return names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
}
