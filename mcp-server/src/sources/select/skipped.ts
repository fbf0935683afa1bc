import type { Candidate } from "../../trace/exporters/listed-traces.ts";
import { NOT_OURS } from "./skip-reasons.ts";
import type { Source } from "../port.ts";
import type { Skipped } from "../selected-traces.ts";

const MAX_SKIPPED = 20;

/** What was passed over and why, bounded. */
export function toSkipped(skipped: ReadonlyMap<string, string>): readonly Skipped[] {
  const all = [...skipped].map(([trace_id, reason]) => ({ trace_id, reason }));
  // What looked like a candidate first: that is what a user may miss.
  const listed = all
    .toSorted((left, right) => Number(left.reason === NOT_OURS) - Number(right.reason === NOT_OURS))
    .slice(0, MAX_SKIPPED);
  const rest = all.length - listed.length;
  return rest > 0 ? [...listed, { trace_id: "…", reason: `${rest} more traces were passed over` }] : listed;
}

/** What to say when no trace qualifies: what was seen instead. */
export function nothingFound(
  { advice }: Source,
  seen: readonly Candidate[],
  skipped: ReadonlyMap<string, string>,
  what: string,
): string {
  const others = seen.filter(({ isClaudeCode }) => !isClaudeCode);
  const names = [...new Set(others.map(({ name }) => name ?? "unnamed"))]
    .slice(0, 5)
    .map((name) => JSON.stringify(name.slice(0, 40)));
  const reasons = [...skipped.values()].filter((reason) => reason !== NOT_OURS);
  const saw =
    seen.length === 0
      ? "The project holds no traces in that time"
      : `${seen.length} traces were seen, ${others.length} of them of other applications${names.length > 0 ? ` (${names.join(", ")})` : ""}${reasons.length > 0 ? `; the newest of the rest: ${(reasons[0] ?? "").replace(/\. .*$/su, "")}` : ""}`;
  return `${what}. ${saw}. ${advice}`;
}
