import { truncate } from "../values/names.ts";
/** Calls per tool, the most used first, then by name; what exceeds `max` names is summed under `other`, last. */
export function toToolUsage(tools: Iterable<string>, max: number): Record<string, number> {
  const counts = new Map<string, number>();
  for (const tool of tools) counts.set(tool, (counts.get(tool) ?? 0) + 1);
  return limitToolUsage([...counts], max);
}

/** See toToolUsage; `entries` may hold an `other` of an earlier cut. */
export function limitToolUsage(entries: readonly (readonly [string, number])[], max: number): Record<string, number> {
  const cut = entries.find(([tool]) => tool === "other")?.[1] ?? 0;
  const sorted = entries
    .filter(([tool]) => tool !== "other")
    .toSorted(([left, leftCount], [right, rightCount]) => rightCount - leftCount || (left < right ? -1 : 1));
  const rest = cut + sorted.slice(max).reduce((total, [, count]) => total + count, 0);
  const kept = sorted.slice(0, max);
  // Object.fromEntries defines own keys, so that a tool named __proto__ is a key like any other.
  return Object.fromEntries(rest > 0 ? [...kept, ["other", rest] as const] : kept);
}

/** Tools whose names are equal once they are cut count together. */
export function shortenNames(usage: Readonly<Record<string, number>>, max: number): Record<string, number> {
  const counts = new Map<string, number>();
  for (const [tool, count] of Object.entries(usage)) {
    const name = truncate(tool, max);
    counts.set(name, (counts.get(name) ?? 0) + count);
  }
  return Object.fromEntries(counts);
}
