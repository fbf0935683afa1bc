import { median } from "../compare/exact-test-of-counts.ts";
import { KINDS, type Kind, type Run } from "../compare/run.ts";

/** What one line of a page holds. */
const MAX_AUDITS = 30;
const BARS = "▁▂▃▄▅▆▇█";
const ABSENT = "·";

const NAMES: Readonly<Record<Kind, string>> = { task_list: "with a task list", no_task_list: "without a task list" };
const WIDTH = Math.max(...KINDS.map((kind) => NAMES[kind].length));

/**
 * The trend over the newest audits as lines of plain text, one character for each audit, so that it shows wherever text
 * does; none for fewer than two audits. `what` the runs are: turns and sessions are of different size, so each is a series
 * of its own. `audits` holds the runs of each, the oldest audit first. A bar's height is the
 * median of tool calls per task against the highest one shown.
 */
export function formatTrend(what: string, audits: readonly (readonly Run[])[]): readonly string[] {
  const shown = audits.slice(-MAX_AUDITS);
  if (shown.length < 2) return [];
  return [
    `${what}: tool calls per task, median of each audit's runs, the newest ${shown.length} audits, oldest first (${ABSENT} none)`,
    ...KINDS.flatMap((kind) => {
      const medians = shown.map((runs) => medianCalls(runs, kind));
      const known = medians.filter((calls) => calls !== null);
      if (known.length === 0) return [];
      const highest = Math.max(...known);
      const bars = medians.map((calls) => (calls === null ? ABSENT : toBar(calls, highest))).join("");
      return [`${NAMES[kind].padEnd(WIDTH)}  ${bars}  ${known[0] ?? ""} to ${known.at(-1) ?? ""}, highest ${highest}`];
    }),
    "",
    `${"outcome".padEnd(WIDTH)}  ${shown.map(toSign).join("")}  + success or no failing evidence, ~ some or in part, - none, ? not known`,
  ];
}

/** The median of tool calls per task over the runs of a kind, with two decimals; null without one. */
export function medianCalls(runs: readonly Run[], wanted: Kind): number | null {
  const calls = runs.flatMap(({ kind, callsPerTask }) =>
    kind === wanted && callsPerTask !== null ? [callsPerTask] : [],
  );
  const middle = median(calls);
  return middle === null ? null : Math.round(middle * 100) / 100;
}

function toBar(value: number, highest: number): string {
  const height = highest === 0 ? 1 : Math.max(1, Math.ceil((value / highest) * BARS.length));
  return BARS[height - 1] ?? ABSENT;
}

/** How an audit's runs ended; those of which nobody knows are left out. */
function toSign(runs: readonly Run[]): string {
  const outcomes = new Set(runs.map(({ outcome }) => outcome).filter((one) => one !== null && one !== "unknown"));
  if (outcomes.size === 0) return "?";
  if (outcomes.size > 1 || outcomes.has("partial_success")) return "~";
  return outcomes.has("success") ? "+" : "-";
}
