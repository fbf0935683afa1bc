import { LOOKS } from "./looks.ts";
import type { Scope } from "./previous.ts";
import { dateOf } from "../plan/kept-plan.ts";
import type { Compared } from "./criteria.ts";
import type { Criterion } from "./criterion.ts";
import type { EvidenceCriterion } from "./evidence-criteria.ts";
import { SUCCESS_MARGIN } from "./needed.ts";
import type { Regression } from "./regressions.ts";

/** The runs of one audit against those of the audit before. */
export type Comparison = {
  /** The audit before, by its name below docs/audit. */
  readonly audit: string;
  /** When its plan was executed before these runs, ISO 8601; null when no plan was. */
  readonly executedAt: string | null;
  readonly unit: Scope;
  /** Null when no two runs of the audits are of one kind. */
  readonly compared: Compared | null;
  readonly regressions: readonly Regression[];
  /** What the plan before set out to change. */
  readonly evidence: readonly EvidenceCriterion[];
};

/** One run against the audit before. */
export type RunComparison = Omit<Compared, "pairs" | "claims"> & {
  readonly audit: string;
  readonly regressions: readonly Omit<Regression, "runs">[];
};

const MAX_REGRESSIONS = 4;
const NOTHING = { criteria: [], differs: [], unrecorded: [], left_out: 0 } as const;

/** The comparison of a single run; below 1,500 bytes of JSON. */
export function toRunComparison({ audit, compared, regressions }: Comparison): RunComparison {
  const { criteria, differs, unrecorded, left_out } = compared ?? NOTHING;
  return {
    audit,
    criteria,
    differs,
    unrecorded,
    left_out,
    regressions: regressions.slice(0, MAX_REGRESSIONS).map(({ pattern, plan, date }) => ({ pattern, plan, date })),
  };
}

const NAMES: Readonly<Record<Criterion["criterion"], string>> = {
  plan_before_first_tool: "Plan before the first tool call",
  tool_calls_per_task: "Fewer tool calls per task",
  success: `Success not worse by ${SUCCESS_MARGIN * 100} points`,
};

/**
 * The lines below `## Comparison with Previous Audits`. `beside` are sentences on what decides nothing.
 */
export function renderComparison(comparison: Comparison, beside: readonly string[]): readonly string[] {
  const { audit, executedAt, unit, compared, regressions, evidence } = comparison;
  return [
    `Compared with the audit of ${dateOf(audit)} (${audit})${tellExecuted(executedAt)}.`,
    ...beside,
    ...(compared === null ? [] : renderCompared(compared, unit)),
    ...(evidence.length === 0 ? [] : ["What its plan set out to change:"]),
    ...evidence.map(
      (one) =>
        `- ${one.criterion.replace(/\.$/u, "")}: then ${one.value_then}, now ${one.value_now}: ${tellVerdict(one, unit, "")}.`,
    ),
    ...regressions.map(
      ({ pattern, plan, date, runs }) =>
        `- Regression: ${pattern} shows in ${toRuns(runs)}, although the plan of ${date} (${plan}) was executed to remove it.`,
    ),
  ];
}

/** What a comparison came to, in one sentence for the human. */
export function sumUp({ audit, executedAt, unit, compared, regressions, evidence }: Comparison): string {
  const all = [...(compared?.criteria ?? []), ...evidence];
  const verdicts = all.map((one) => (isTooFew(one) ? "too few" : one.verdict));
  const counted = [...new Set(verdicts)].map((verdict) => {
    const count = verdicts.filter((one) => one === verdict).length;
    return verdict === "too few"
      ? `${count} with too few ${unit}s (${fewestOf(all)} of ${FIRST_LOOK})`
      : `${count} ${verdict}`;
  });
  const back = regressions.map(({ pattern }) => pattern).join(", ");
  const parts = [counted.join(", "), back === "" ? "" : `back: ${back}`].filter((part) => part !== "");
  return `Compared with the audit of ${dateOf(audit)}${tellExecuted(executedAt)}: ${parts.join("; ")}.`;
}

function tellExecuted(executedAt: string | null): string {
  return executedAt === null
    ? ", and no plan was executed in between"
    : `, whose plan was executed on ${executedAt.slice(0, 10)}`;
}

/** The fewest runs on a side with which anything is decided. */
const FIRST_LOOK = LOOKS[0]?.runs ?? 0;

type Sides = { readonly verdict: string; readonly runs_then: number; readonly runs_now: number };

function isTooFew({ verdict, runs_then, runs_now }: Sides): boolean {
  return verdict === "inconclusive" && Math.min(runs_then, runs_now) < FIRST_LOOK;
}

function fewestOf(all: readonly Sides[]): number {
  return Math.min(...all.filter(isTooFew).map(({ runs_then, runs_now }) => Math.min(runs_then, runs_now)));
}

/** `needed` is said where the number of runs is not what is missing first. */
function tellVerdict(one: Sides, unit: Scope, needed: string): string {
  if (!isTooFew(one)) return `${one.verdict}${needed}`;
  const { runs_then, runs_now } = one;
  return runs_now < FIRST_LOOK
    ? `${runs_now} of ${FIRST_LOOK} ${unit}s that a verdict needs`
    : `${runs_then} of ${FIRST_LOOK} ${unit}s that a verdict needs before the change`;
}

function renderCompared({ criteria, differs, unrecorded, left_out, pairs }: Compared, unit: Scope): readonly string[] {
  const notes = [
    differs.length === 0
      ? null
      : `Confounded: ${differs.join("; ")}. What changed may come from that as well as from a prompt.`,
    pairs === null ? null : `${pairs} pairs of runs with the same goal were compared.`,
    left_out === 0 || differs.length > 0
      ? null
      : `${toRuns(left_out)} of circumstances that only one audit has (task list, CLI version, model) were left out.`,
    unrecorded.length === 0 ? null : `Not recorded in every run, so it may differ: ${unrecorded.join(", ")}.`,
  ];
  return [
    ...notes.filter((note) => note !== null),
    ...criteria.map((one) => {
      const [then, now] = [toSide(one, one.value_then, one.runs_then), toSide(one, one.value_now, one.runs_now)];
      return `- ${NAMES[one.criterion]}: then ${then}, now ${now}: ${tellVerdict(one, unit, toNeeded(one))}.`;
    }),
  ];
}

function toSide({ criterion }: Criterion, value: number | null, runs: number): string {
  if (value === null) return criterion === "success" ? "not known" : "not recorded";
  const of = toRuns(runs);
  return criterion === "tool_calls_per_task" ? `${value} (median of ${of})` : `in ${Math.round(value * runs)} of ${of}`;
}

function toRuns(runs: number): string {
  return runs === 1 ? "1 run" : `${runs} runs`;
}

function toNeeded({ criterion, runs_needed }: Criterion): string {
  if (runs_needed === null) return "";
  const among = criterion === "success" ? " whose outcome a score or a check tells, with those that failed," : "";
  return `; ${runs_needed} runs a side${among} would settle it`;
}
