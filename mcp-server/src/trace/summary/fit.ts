import { formatJson } from "../values/format-json.ts";
import { truncate } from "../values/names.ts";
import type { Fold } from "./hierarchy.ts";
import type { FoldPhases } from "./phases.ts";
import { MAX_PHASES } from "../values/vocabulary.ts";
import type { Summary } from "./schema.ts";
import { showTurns } from "./show-turns.ts";
import { LAST_LEVEL, toTable, type NumberedRow } from "../turns/fit-turns.ts";
import { limitToolUsage, shortenNames } from "./tool-usage.ts";

/** One summary, as it is written to disk, stays below this many bytes. */
export const MAX_SUMMARY_BYTES = 8000;

/**
 * What is given up, step by step, until a summary fits: order and detail first, then the table of turns as far as the
 * level of the step, the eight fixed keys last.
 */
const STEPS = [
  { nodes: 40, phases: MAX_PHASES, observations: 5, tasks: 20, tools: 40, errors: 20, level: 0 },
  { nodes: 40, phases: 6, observations: 5, tasks: 20, tools: 40, errors: 20, level: 0 },
  { nodes: 25, phases: 6, observations: 3, tasks: 20, tools: 40, errors: 20, level: 0 },
  { nodes: 15, phases: 6, observations: 2, tasks: 10, tools: 40, errors: 12, level: 1 },
  { nodes: 8, phases: 6, observations: 2, tasks: 10, tools: 40, errors: 12, level: 2 },
  { nodes: 8, phases: 4, observations: 1, tasks: 5, tools: 30, errors: 8, level: 4 },
  { nodes: 1, phases: 2, observations: 0, tasks: 0, tools: 20, errors: 5, level: LAST_LEVEL },
] as const;

/** The summary with as much detail as fits; `fold` folds the span tree, `foldPhases` the phases, `rows` are all turns. */
export function fitSummary(
  summary: Summary,
  rows: readonly NumberedRow[],
  fold: Fold,
  foldPhases: FoldPhases,
): Summary {
  let fitted = summary;
  let level = 0;
  for (const step of STEPS) {
    const without = {
      ...summary,
      tool_usage: limitToolUsage(Object.entries(summary.tool_usage), step.tools),
      task_durations: summary.task_durations.slice(0, step.tasks),
      hierarchy: fold(step.nodes),
      phases: foldPhases(step.phases),
      errors: summary.errors.slice(0, step.errors),
      patterns: summary.patterns.map((pattern) => ({
        ...pattern,
        observations: pattern.observations.slice(0, step.observations),
      })),
    };
    for (; ; level += 1) {
      fitted = { ...without, ...showTurns(toTable(rows, level)) };
      if (byteLength(formatJson(fitted)) < MAX_SUMMARY_BYTES) return fitted;
      if (level >= step.level) break;
    }
  }
  // What is left is long names in scripts of three bytes a letter: they are cut, then the mildest patterns go.
  for (let kept = fitted.patterns.length; kept >= 0; kept -= 1) {
    const cut = cutNames(fitted, kept);
    if (kept === 0 || byteLength(formatJson(cut)) < MAX_SUMMARY_BYTES) return cut;
  }
  return fitted;
}

function cutNames(summary: Summary, patterns: number): Summary {
  const lost = summary.patterns.length - patterns;
  const usage = limitToolUsage(Object.entries(summary.tool_usage), 8);
  return {
    ...summary,
    hierarchy: [],
    phases: [],
    subagents: summary.subagents.slice(0, 8).map((name) => truncate(name, 40)),
    tool_usage: shortenNames(usage, 40),
    session_id: summary.session_id === null ? null : truncate(summary.session_id, 60),
    errors: summary.errors
      .slice(0, 5)
      .map((error) => ({ ...error, tool: error.tool === null ? null : truncate(error.tool, 40) })),
    notable_patterns: summary.notable_patterns.slice(0, patterns),
    patterns: summary.patterns.slice(0, patterns).map((found) => ({ ...found, detail: truncate(found.detail, 120) })),
    recurring: summary.recurring.slice(0, 3),
    scores: summary.scores.slice(0, 1),
    agent: { cli: summary.agent.cli, models: summary.agent.models.slice(0, 1) },
    warnings: [...summary.warnings.slice(0, 10), ...(lost > 0 ? [{ code: "patterns_left_out", count: lost }] : [])],
  };
}

/** UTF-8 bytes of a text without lone surrogates. */
export function byteLength(value: string): number {
  let bytes = 0;
  for (let at = 0; at < value.length; at += 1) {
    const unit = value.charCodeAt(at);
    // A pair of surrogates is four bytes, counted as three and one.
    bytes += unit < 0x80 ? 1 : unit < 0x800 ? 2 : unit >= 0xdc00 && unit <= 0xdfff ? 1 : 3;
  }
  return bytes;
}
