import type { SummaryFacts } from "../evidence/summary-facts.ts";
import { countTurns, TURN_TRAITS, type TurnTrait } from "./turn-traits.ts";
import { turnsOf } from "./turn.ts";
import { readText, showText } from "./show.ts";
import { AUDITED, CRITERIA, NOT_RECORDED, type FixedMetric } from "./wording.ts";

/** What a criterion looks at in one summary. */
export type Measure =
  /** Whether it shows a pattern; with `among` only runs that do such a thing count. */
  | { readonly kind: "pattern"; readonly id: string; readonly among: Among | null }
  /** The share of its turns that show a trait. */
  | { readonly kind: "turns"; readonly trait: TurnTrait }
  /** The share of a session's turns that show something of a kind again, or this one thing of it. */
  | { readonly kind: "recurring"; readonly of: string; readonly what: string | null }
  /** A number of `metrics` that is to fall. */
  | { readonly kind: "metric"; readonly name: string }
  /** One of the criteria with fixed words. */
  | { readonly kind: "fixed"; readonly metric: FixedMetric };

/** A line of a plan's acceptance criteria. `audited` is what it says of the audited runs, as written. */
export type Criterion = { readonly measure: Measure; readonly audited: string };

/** Runs that can show a pattern at all, and how a step of theirs begins. */
const AMONG = {
  "fail a check": /^(?:test|lint|build|format) .*\bFAILED\b/u,
  "change a file": /^(?:edit|write) /u,
  "start a subagent": /^agent /u,
} as const;
export type Among = keyof typeof AMONG;
const AMONGS: Readonly<Record<string, Among>> = {
  retry_failing_command: "fail a check",
  edit_failure_streak: "change a file",
  edit_without_read: "change a file",
  edit_revert_churn: "change a file",
  test_weakening: "change a file",
  correction_loop: "change a file",
  over_delegation: "start a subagent",
  redundant_subagent_reads: "start a subagent",
};

/** The measure of a pattern, over the runs that can show it. */
export function patternMeasure(id: string): Measure {
  return { kind: "pattern", id, among: Object.hasOwn(AMONGS, id) ? (AMONGS[id] ?? null) : null };
}

/** The words of a criterion, without its changes and what was audited. */
export function toText(measure: Measure): string {
  switch (measure.kind) {
    case "pattern":
      return `\`${measure.id}\` shows in fewer runs${measure.among === null ? "" : ` that ${measure.among}`}.`;
    case "turns":
      return `Fewer ${measure.trait.of} ${measure.trait.shown}.`;
    case "recurring":
      return `${RECURRING}\`${measure.of}\`${measure.what === null ? "" : ` of ${showText(measure.what)}`}.`;
    case "metric":
      return `\`metrics.${measure.name}\` falls.`;
    case "fixed":
      return CRITERIA.find(({ metric }) => metric === measure.metric)?.text ?? "";
  }
}
const RECURRING = "Fewer turns show a recurring ";

function parseText(text: string): Measure | null {
  const fixed = CRITERIA.find((one) => one.text === text);
  if (fixed !== undefined) return { kind: "fixed", metric: fixed.metric };
  const trait = TURN_TRAITS.find((one) => toText({ kind: "turns", trait: one }) === text);
  if (trait !== undefined) return { kind: "turns", trait };
  if (text.startsWith(RECURRING)) {
    const [, of, what] = /^`([a-z_]{1,40})`(?: of (.+))?\.$/u.exec(text.slice(RECURRING.length)) ?? [];
    if (of !== undefined) return { kind: "recurring", of, what: what === undefined ? null : readText(what) };
  }
  const [, name] = /^`metrics\.([a-z_]{1,40})` falls\.$/u.exec(text) ?? [];
  if (name !== undefined) return { kind: "metric", name };
  const [, id, among] = /^`([a-z0-9_]{1,60})` shows in fewer runs(?: that ([a-z ]+))?\.$/u.exec(text) ?? [];
  if (id === undefined || (among !== undefined && !Object.hasOwn(AMONG, among))) return null;
  return { kind: "pattern", id, among: AMONG_NAMES.find((one) => one === among) ?? null };
}
const AMONG_NAMES = ["fail a check", "change a file", "start a subagent"] as const satisfies readonly Among[];

/**
 * A criterion as a plan has it, without its dash: the changes that it measures, counted from 1, its words, and the audited
 * numbers with the turns that were counted.
 */
export function renderCriterion(
  measure: Measure,
  facts: readonly SummaryFacts[],
  changes: readonly number[] = [],
): string {
  const of = changes.length === 0 ? "" : `${tellChanges(changes)}, next audit: `;
  return `${of}${toText(measure)}${AUDITED}${toAudited(measure, facts)}.`;
}

/** `Changes 1, 3`. */
export function tellChanges(changes: readonly number[]): string {
  return `Change${changes.length === 1 ? "" : "s"} ${changes.join(", ")}`;
}
const CHANGES = /^Changes? \d{1,3}(?:, \d{1,3})*, next audit: /u;

/** Reads a line of acceptance criteria without its dash; null when it is none of ours, such as one that a human wrote. */
export function parseCriterion(line: string): Criterion | null {
  const at = line.lastIndexOf(AUDITED);
  if (at === -1 || !line.endsWith(".")) return null;
  const measure = parseText(line.slice(0, at).replace(CHANGES, ""));
  return measure === null ? null : { measure, audited: line.slice(at + AUDITED.length, -1) };
}

/**
 * What one summary shows of a criterion: whether it holds, a share from 0 to 1, or a number. Null where the summary cannot
 * tell, or has nothing of which it could be said.
 */
export function decideOf({ measure }: Pick<Criterion, "measure">, facts: SummaryFacts): boolean | number | null {
  switch (measure.kind) {
    case "pattern":
      return hasPattern(measure.id, measure.among, facts);
    case "turns":
    case "recurring": {
      const counted = toTurns(measure, facts);
      return counted === null ? null : counted.shown.length / counted.turns;
    }
    case "metric":
      return toNumber(facts.metrics[measure.name]);
    case "fixed":
      return facts.metrics[measure.metric] ?? null;
  }
}

function hasPattern(id: string, among: Among | null, { evidence, turns, coverage }: SummaryFacts): boolean | null {
  if (evidence.has(id)) return true;
  // A pattern is looked for in what was done in order; where that is not known, its absence says nothing.
  if (coverage["order"] === "not_recorded") return null;
  return among === null || turns.some(({ did }) => did.some((step) => AMONG[among].test(step))) ? false : null;
}

type Counted = { readonly shown: readonly (number | null)[]; readonly turns: number };

function toTurns(measure: Extract<Measure, { kind: "turns" | "recurring" }>, facts: SummaryFacts): Counted | null {
  if (measure.kind === "turns") return countTurns(measure.trait, facts);
  // What recurs is looked for in whole sessions only.
  if (facts.scope !== "session") return null;
  const turns = turnsOf(facts).length + facts.turns_folded;
  const meant = facts.recurring.filter(
    ({ kind, what }) => kind === measure.of && (measure.what === null || shown(what) === shown(measure.what)),
  );
  const shownIn = [...new Set(meant.flatMap((one) => one.turns))].toSorted((left, right) => left - right);
  return turns === 0 ? null : { shown: shownIn.slice(0, turns), turns };
}

/** A text as it comes back from a plan. */
function shown(text: string): string {
  return readText(showText(text));
}

/** The audited numbers in words; `not recorded` where no run tells. */
function toAudited(measure: Measure, facts: readonly SummaryFacts[]): string {
  if (measure.kind === "turns" || measure.kind === "recurring") return tellTurns(measure, facts);
  const values = facts.map((one) => decideOf({ measure }, one)).filter((value) => value !== null);
  const flags = values.filter((value) => typeof value === "boolean");
  const isShare = measure.kind === "pattern" || (flags.length > 0 && facts.length > 1);
  if (values.length === 0) return NOT_RECORDED;
  if (isShare) return `in ${flags.filter(Boolean).length} of ${flags.length} ${ofWhat(measure)}`;
  const numbers = values.filter((value) => typeof value === "number");
  return facts.length === 1 ? String(values[0]) : `median ${middle(numbers)} of ${numbers.length} runs`;
}

/** So many turns are named; of several runs, where one number is a turn of each, none. */
const MAX_NAMED = 10;

/** `2 of 5 (turns 1, 3)`: how many of the turns show it, and which. */
function tellTurns(measure: Extract<Measure, { kind: "turns" | "recurring" }>, facts: readonly SummaryFacts[]): string {
  const counted = facts.map((one) => toTurns(measure, one)).filter((one) => one !== null);
  if (counted.length === 0) return NOT_RECORDED;
  const hits = counted.flatMap((one) => one.shown);
  const turns = counted.reduce((sum, one) => sum + one.turns, 0);
  const share = `${hits.length} of ${turns}`;
  if (facts.length > 1) return `${share} turns of ${counted.length} runs`;
  const named = hits.filter((turn) => turn !== null);
  if (named.length === 0) return share;
  const more = hits.length > MAX_NAMED ? " and others" : "";
  return `${share} (turn${hits.length === 1 ? "" : "s"} ${named.slice(0, MAX_NAMED).join(", ")}${more})`;
}

function ofWhat(measure: Measure): string {
  return measure.kind === "pattern" && measure.among !== null ? `runs that ${measure.among}` : "runs";
}

/** With two decimals, as metrics have them. */
function middle(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((left, right) => left - right);
  const half = Math.floor(sorted.length / 2);
  const [left = 0, right = 0] =
    sorted.length % 2 === 1 ? [sorted[half], sorted[half]] : sorted.slice(half - 1, half + 1);
  return Math.round(((left + right) / 2) * 100) / 100;
}

function toNumber(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}
