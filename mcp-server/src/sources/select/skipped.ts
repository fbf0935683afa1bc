import type { Candidate } from "../../trace/exporters/listed-traces.ts";
import { plural } from "../../trace/values/plural.ts";
import { isWanted, NOT_OURS, OTHER_PROJECT } from "./skip-reasons.ts";
import type { Listing, Source } from "../port.ts";
import type { Skipped } from "../selected-traces.ts";

const MAX_SKIPPED = 20;
const MAX_PROJECTS = 8;

/**
 * What was passed over and why, bounded: of what was read, the runs of other projects as one, then of what the source left
 * out of its list.
 */
export function toSkipped(skipped: ReadonlyMap<string, string>, passedOver: Listing["passedOver"]): readonly Skipped[] {
  const all = [...new Map([...skipped, ...(passedOver ?? [])])].map(([trace_id, reason]) => ({ trace_id, reason }));
  const here = all.filter(({ reason }) => !reason.startsWith(OTHER_PROJECT));
  const elsewhere = elsewhereOf(skipped);
  // What looked like a candidate first: that is what a user may miss.
  const listed = here
    .toSorted((left, right) => Number(left.reason === NOT_OURS) - Number(right.reason === NOT_OURS))
    .slice(0, MAX_SKIPPED);
  const rest = here.length - listed.length;
  return [
    ...(elsewhere === null ? [] : [{ trace_id: "…", reason: elsewhere }]),
    ...listed,
    ...(rest > 0
      ? [{ trace_id: "…", reason: `${plural(rest, "more trace")} ${rest === 1 ? "was" : "were"} passed over` }]
      : []),
  ];
}

/** "12 runs of other projects: billing (7), shop (5)", or null. */
function elsewhereOf(skipped: ReadonlyMap<string, string>): string | null {
  const counts = new Map<string, number>();
  for (const reason of skipped.values()) {
    if (!reason.startsWith(OTHER_PROJECT)) continue;
    const name = reason.slice(OTHER_PROJECT.length);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  if (counts.size === 0) return null;
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  if (total === 1) return `1 run of another project: ${[...counts.keys()].join("")}`;
  const sorted = [...counts].toSorted(([left, a], [right, b]) => b - a || (left < right ? -1 : 1));
  const names = sorted.slice(0, MAX_PROJECTS).map(([name, count]) => `${name} (${count})`);
  const more = sorted.length > MAX_PROJECTS ? ` and ${plural(sorted.length - MAX_PROJECTS, "more project")}` : "";
  return `${total} runs of other projects: ${names.join(", ")}${more}`;
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
  const elsewhere = elsewhereOf(skipped);
  const reasons = [...skipped.values()].filter((reason) => reason !== NOT_OURS && !reason.startsWith(OTHER_PROJECT));
  const unread = seen.filter((one) => isWanted(one) && !skipped.has(one.traceId)).length;
  const saw =
    seen.length === 0
      ? "The project holds no traces in that time"
      : [
          `${plural(seen.length, "trace")} ${seen.length === 1 ? "was" : "were"} seen, ${others.length} of them of other applications${names.length > 0 ? ` (${names.join(", ")})` : ""}`,
          ...(elsewhere === null ? [] : [elsewhere]),
          ...(elsewhere === null || unread === 0
            ? []
            : [`${plural(unread, "older one")} ${unread === 1 ? "was" : "were"} not read`]),
          ...(reasons.length > 0 ? [`the newest of the rest: ${(reasons[0] ?? "").replace(/\. .*$/su, "")}`] : []),
        ].join("; ");
  return `${what}. ${saw}. ${elsewhere === null ? advice : ADVICE_ELSEWHERE}`;
}

const ADVICE_ELSEWHERE =
  "Name a trace by its id, or set TRACE_AUDIT_PROJECTS to the names of the folders whose runs belong here, or to `*` for those of all projects.";
