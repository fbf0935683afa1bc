import type { Ending } from "../run/outcome.ts";
import type { Timeline } from "../timeline/timeline.ts";
import type { Summary } from "./schema.ts";

/** What failed, by tool and kind, the most frequent first; at most 20. */
export function toErrors({ calls, generations, orphanPermissions }: Timeline, ending: Ending): Summary["errors"] {
  const counts = new Map<string, { tool: string | null; kind: string; count: number }>();
  const add = (tool: string | null, kind: string, count: number): void => {
    const key = `${tool ?? ""}\n${kind}`;
    const known = counts.get(key);
    if (known === undefined) counts.set(key, { tool, kind, count });
    else known.count += count;
  };
  for (const { tool, error } of calls) if (error !== null) add(tool, error.kind, 1);
  const failedRequests = generations.filter(({ isApiError }) => isApiError).length;
  if (failedRequests > 0 || ending.isApiError) add(null, "api_error", Math.max(1, failedRequests));
  if (orphanPermissions > 0) add(null, "interrupted", orphanPermissions);
  return [...counts.values()]
    .toSorted(
      (left, right) => right.count - left.count || (`${left.tool}${left.kind}` < `${right.tool}${right.kind}` ? -1 : 1),
    )
    .slice(0, 20);
}
