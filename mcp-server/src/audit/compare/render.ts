import { dateOf } from "../plan/kept-plan.ts";
import type { Criterion, Group } from "./criteria.ts";
import type { EvidenceCriterion } from "./evidence-criteria.ts";
import { SUCCESS_MARGIN } from "./needed.ts";
import type { Regression } from "./regressions.ts";
import type { Kind } from "./run.ts";

/** The runs of one audit against those of the audit before. */
export type Comparison = {
  /** The audit before, by its name below docs/audit. */
  readonly audit: string;
  readonly groups: readonly Group[];
  readonly regressions: readonly Regression[];
  /** What the plan before set out to change. */
  readonly evidence: readonly EvidenceCriterion[];
};

/** One run against the audit before. */
export type RunComparison = {
  readonly audit: string;
  /** Null when no run of the audit before is of the run's kind. */
  readonly kind: Kind | null;
  readonly criteria: readonly Criterion[];
  readonly regressions: readonly Omit<Regression, "runs">[];
};

const MAX_REGRESSIONS = 4;

/** The comparison of a single run, which is of one kind; below 1,500 bytes of JSON. */
export function toRunComparison({ audit, groups, regressions }: Comparison): RunComparison {
  const group = groups.at(0);
  return {
    audit,
    kind: group?.kind ?? null,
    criteria: group?.criteria ?? [],
    regressions: regressions.slice(0, MAX_REGRESSIONS).map(({ pattern, plan, date }) => ({ pattern, plan, date })),
  };
}

const NAMES: Readonly<Record<Criterion["criterion"], string>> = {
  plan_before_first_tool: "Plan before the first tool call",
  tool_calls_per_task: "Fewer tool calls per task",
  success: `Success not worse by ${SUCCESS_MARGIN * 100} points`,
};

/** The lines below `## Comparison with Previous Audits`; none without a comparison, and then there is no such section. */
export function renderComparison(comparison: Comparison | null): readonly string[] {
  if (comparison === null) return [];
  const { audit, groups, regressions, evidence } = comparison;
  return [
    `Compared with the audit of ${dateOf(audit)} (${audit}).`,
    ...groups.flatMap(renderGroup),
    ...(evidence.length === 0 ? [] : ["What its plan set out to change:"]),
    ...evidence.map(
      ({ criterion, value_then, value_now, verdict }) =>
        `- ${criterion.replace(/\.$/u, "")}: then ${value_then}, now ${value_now}: ${verdict}.`,
    ),
    ...regressions.map(
      ({ pattern, plan, date, runs }) =>
        `- Regression: ${pattern} shows in ${runs} ${runs === 1 ? "run" : "runs"}, although the plan of ${date} (${plan}) was executed to remove it.`,
    ),
  ];
}

function renderGroup({ kind, criteria }: Group): readonly string[] {
  return [
    `Runs ${kind === "task_list" ? "with" : "without"} a task list:`,
    ...criteria.map((one) => {
      const [then, now] = [toSide(one, one.value_then, one.runs_then), toSide(one, one.value_now, one.runs_now)];
      return `- ${NAMES[one.criterion]}: then ${then}, now ${now}: ${one.verdict}${toNeeded(one)}.`;
    }),
  ];
}

function toSide({ criterion }: Criterion, value: number | null, runs: number): string {
  if (value === null) return "not recorded";
  const of = runs === 1 ? "1 run" : `${runs} runs`;
  return criterion === "tool_calls_per_task" ? `${value} (median of ${of})` : `in ${Math.round(value * runs)} of ${of}`;
}

function toNeeded({ criterion, runs_needed }: Criterion): string {
  if (runs_needed === null) return "";
  const among = criterion === "success" ? ", with those that failed" : "";
  return `; ${runs_needed} runs a side would settle it${among}`;
}
