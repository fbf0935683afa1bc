import { statesFault } from "../values/objection.ts";
import { joinVersions } from "../run/agent.ts";
import type { TurnRow } from "../turns/row.ts";
import { addTo } from "../values/lists.ts";
import { truncate } from "../values/names.ts";
import { GRADES, SEVERITIES, type Coverage, type Grade } from "../values/vocabulary.ts";
import type { Summary } from "./schema.ts";
import { limitToolUsage } from "./tool-usage.ts";

// What the numbers of a session's turns come to together.

/** Null when none is known: a sum of nothing is not zero. */
export function sumOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}

export function toToolUsage(summaries: readonly Summary[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { tool_usage } of summaries)
    for (const [tool, count] of Object.entries(tool_usage)) counts.set(tool, (counts.get(tool) ?? 0) + count);
  return limitToolUsage([...counts], 40);
}

/** Each pattern once: the sum of its counts, its worst severity, and in which rows it shows. */
export function toPatterns(
  turns: readonly { readonly summary: Summary; readonly row: Pick<TurnRow, "human">; readonly isHuman: boolean }[],
): Summary["patterns"] {
  const found = new Map<string, { readonly row: number; readonly pattern: Summary["patterns"][number] }[]>();
  let row = 0;
  for (const [at, { summary, isHuman }] of turns.entries()) {
    if (isHuman || row === 0) row += 1;
    const next = turns.slice(at + 1).find((turn) => turn.isHuman);
    for (const pattern of summary.patterns)
      if (isObjection(pattern, next?.row.human ?? null)) addTo(found, pattern.id, { row, pattern });
  }
  return [...found.values()]
    .flatMap((shown) => {
      const worst = shown.toSorted(
        (left, right) => rank(left.pattern) - rank(right.pattern) || left.row - right.row,
      )[0];
      if (worst === undefined) return [];
      const rows = [...new Set(shown.map((one) => one.row))];
      const where =
        rows.length > 1 ? `in turns ${rows.slice(0, 8).join(", ")}; turn ${worst.row}: ` : `turn ${worst.row}: `;
      return [
        {
          ...worst.pattern,
          count: shown.reduce((sum, { pattern }) => sum + pattern.count, 0),
          detail: truncate(`${where}${worst.pattern.detail}`, 240),
        },
      ];
    })
    .toSorted((left, right) => rank(left) - rank(right) || (left.id < right.id ? -1 : 1));
}

/** A stop is worth a pattern where the human objects, in words at the stop or in the next prompt. */
function isObjection({ id, severity }: Summary["patterns"][number], next: string | null): boolean {
  return id !== "interrupted" || severity === "high" || statesFault(next) === true;
}

function rank({ severity }: Summary["patterns"][number]): number {
  return SEVERITIES.indexOf(severity);
}

export function toErrors(summaries: readonly Summary[]): Summary["errors"] {
  const counts = new Map<string, Summary["errors"][number]>();
  for (const { errors } of summaries)
    for (const error of errors) {
      const key = `${error.tool ?? ""}\n${error.kind}`;
      counts.set(key, { ...error, count: error.count + (counts.get(key)?.count ?? 0) });
    }
  return [...counts.values()]
    .toSorted(
      (left, right) => right.count - left.count || (`${left.tool}${left.kind}` < `${right.tool}${right.kind}` ? -1 : 1),
    )
    .slice(0, 20);
}

export function toMetrics(summaries: readonly Summary[], outcome: Summary["outcome"]): Summary["metrics"] {
  const metrics = summaries.map((summary) => summary.metrics);
  const calls = metrics.reduce((sum, { tool_calls }) => sum + tool_calls, 0);
  const tasks = summaries.some((summary) => summary.tasks === null)
    ? null
    : (sumOf(summaries.map((summary) => summary.tasks)) ?? 0);
  const delegated = metrics.map(({ subagent_tool_calls }) => subagent_tool_calls);
  return {
    tool_calls: calls,
    tool_calls_per_task: tasks === null ? null : Math.round((calls / Math.max(1, tasks)) * 100) / 100,
    plan_before_first_tool: metrics.find(({ tool_calls }) => tool_calls > 0)?.plan_before_first_tool ?? null,
    success: outcome === "unknown" ? null : outcome === "success",
    error_calls: metrics.reduce((sum, { error_calls }) => sum + error_calls, 0),
    subagent_tool_calls: delegated.includes(null) && sumOf(delegated) === 0 ? null : sumOf(delegated),
  };
}

/** The versions and models of all turns, the models of most turns first. */
export function toAgents(summaries: readonly Summary[]): Summary["agent"] {
  const counts = new Map<string, number>();
  const add = (model: string, weight: number): Map<string, number> =>
    counts.set(model, (counts.get(model) ?? 0) + weight);
  // The first of a turn is the one that did its work.
  for (const { agent } of summaries) for (const [at, model] of agent.models.entries()) add(model, at === 0 ? 1000 : 1);
  const models = [...counts].toSorted(([a, left], [b, right]) => right - left || (a < b ? -1 : 1));
  const versions = summaries.flatMap(({ agent }) => agent.cli?.split(", ") ?? []);
  return { cli: joinVersions(versions), models: models.slice(0, 5).map(([model]) => model) };
}

/** An aspect is trusted no further than in the turn that records least of it. */
export function toCoverage(summaries: readonly Summary[]): Coverage {
  const lowest = (aspect: keyof Coverage): Grade =>
    summaries
      .map(({ coverage }) => coverage[aspect])
      .reduce<Grade>((low, one) => (GRADES.indexOf(one) > GRADES.indexOf(low) ? one : low), "recorded");
  return {
    goal: lowest("goal"),
    timing: lowest("timing"),
    order: lowest("order"),
    targets: lowest("targets"),
    errors: lowest("errors"),
    subagents: lowest("subagents"),
    tasks: lowest("tasks"),
  };
}
