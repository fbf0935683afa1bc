import { formatJson, isLonger } from "../values/format-json.ts";
import { truncate } from "../values/names.ts";
import type { Fold } from "./hierarchy.ts";
import type { FoldPhases } from "./phases.ts";
import { MAX_PHASES } from "../values/vocabulary.ts";
import type { Summary } from "./schema.ts";
import { showTurns } from "./show-turns.ts";
import type { Cut, NumberedRow, TableDraft } from "../turns/draft.ts";
import { toTable } from "../turns/fit-turns.ts";
import { limitToolUsage, shortenNames } from "./tool-usage.ts";

/** One summary, as it is written to disk, stays below this many bytes. */
export const MAX_SUMMARY_BYTES = 8000;

/** How much of a summary is shown. */
type Draft = {
  readonly table: TableDraft;
  nodes: number;
  phases: number;
  observations: number;
  tasks: number;
  tools: number;
  errors: number;
  /** Files that several turns read first: that is a way of working more often than a trouble. */
  readFirst: number;
};

type Limit = Exclude<keyof Draft, "table">;

/** What can be given up beside the table, by the scale of turns/row-cuts.ts: order and detail go first. */
const LIMITS: readonly (readonly [limit: Limit, loss: number, max: number])[] = [
  ["nodes", 1, 25],
  ["nodes", 3, 15],
  ["nodes", 6, 8],
  ["nodes", 22, 1],
  ["phases", 1.5, 6],
  ["phases", 15, 4],
  ["phases", 35, 2],
  ["observations", 0.5, 3],
  ["observations", 2.5, 2],
  ["observations", 11, 1],
  ["observations", 46, 0],
  ["tasks", 4, 10],
  ["tasks", 15, 5],
  ["tasks", 45, 0],
  ["tools", 13, 12],
  ["tools", 40, 6],
  ["errors", 8, 8],
  ["errors", 30, 5],
  ["readFirst", 9, 2],
  ["readFirst", 26, 0],
];
const LIMIT_CUTS: readonly Cut<Draft>[] = LIMITS.map(([name, loss, max]) => ({
  loss,
  apply: (draft) => {
    draft[name] = Math.min(draft[name], max);
  },
}));

/**
 * The summary with as much detail as fits: of what can be given up, the least telling goes until the rest has room. `fold`
 * folds the span tree, `foldPhases` the phases, `rows` are all turns.
 */
export function fitSummary(
  summary: Summary,
  rows: readonly NumberedRow[],
  fold: Fold,
  foldPhases: FoldPhases,
): Summary {
  const table = toTable(rows);
  const cuts = [
    ...LIMIT_CUTS,
    ...table.cuts.map(({ loss, apply }) => ({ loss, apply: (draft: Draft) => apply(draft.table) })),
  ].toSorted((left, right) => left.loss - right.loss);
  const show = (draft: Draft): Summary => ({
    ...summary,
    ...limit(summary, draft),
    hierarchy: fold(draft.nodes),
    phases: foldPhases(draft.phases),
    ...showTurns(table.show(draft.table)),
  });
  const withCuts = (draft: Draft, more: readonly Cut<Draft>[]): Draft => {
    const copy = { ...draft, table: table.copy(draft.table) };
    for (const { apply } of more) apply(copy);
    return copy;
  };
  let few: Draft = { ...WHOLE, table: table.begin() };
  const whole = show(few);
  if (fits(whole)) return whole;
  let fitted = show(withCuts(few, cuts));
  if (!fits(fitted)) return withShortNames(fitted);
  // The first so many cuts: `low` of them are too few, `high` are enough.
  let [low, high] = [0, cuts.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    const draft = withCuts(few, cuts.slice(low, middle));
    const shown = show(draft);
    if (fits(shown)) [fitted, high] = [shown, middle];
    else [few, low] = [draft, middle];
  }
  return fitted;
}

const WHOLE = { nodes: 40, phases: MAX_PHASES, observations: 5, tasks: 20, tools: 40, errors: 20, readFirst: 10 };

function limit(summary: Summary, { tools, tasks, errors, observations, readFirst }: Draft): Partial<Summary> {
  let first = 0;
  return {
    tool_usage: limitToolUsage(Object.entries(summary.tool_usage), tools),
    task_durations: summary.task_durations.slice(0, tasks),
    errors: summary.errors.slice(0, errors),
    patterns: summary.patterns.map((pattern) => ({
      ...pattern,
      observations: pattern.observations.slice(0, observations),
    })),
    recurring: summary.recurring.filter(({ kind }) => {
      if (kind !== "read_first") return true;
      first += 1;
      return first <= readFirst;
    }),
  };
}

function fits(summary: Summary): boolean {
  // Far above the limit, the texts alone say so.
  if (isLonger(summary, MAX_SUMMARY_BYTES)) return false;
  return byteLength(formatJson(summary)) < MAX_SUMMARY_BYTES;
}

/** What is left is long names in scripts of three bytes a letter: they are cut, then the mildest patterns go. */
function withShortNames(summary: Summary): Summary {
  for (let kept = summary.patterns.length; kept > 0; kept -= 1) {
    const cut = cutNames(summary, kept);
    if (fits(cut)) return cut;
  }
  return cutNames(summary, 0);
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
