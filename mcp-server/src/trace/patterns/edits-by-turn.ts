import type { Evidence } from "./pattern.ts";

/**
 * The files that each turn begun by a human changed, oldest turn first and the audited one last; empty where that is not
 * known of the audited turn, and cut before the last earlier turn of which it is not. Files as keys of the timeline.
 */
export function editsByTurn({ timeline, coverage, earlier, isHuman }: Evidence): readonly ReadonlySet<string>[] {
  if (earlier === null || !isHuman || coverage.targets !== "recorded") return [];
  const now = new Set<string>();
  for (const call of timeline.mainCalls) {
    const { changed } = call;
    if (changed !== "any") for (const file of changed) now.add(file);
  }
  const human = earlier.turns.filter((turn) => turn.isHuman);
  const known = human.slice(human.findLastIndex(({ areTargetsKnown }) => !areTargetsKnown) + 1);
  const before = known.map(({ edited }) => new Set([...edited].map((path) => timeline.paths.key(path))));
  return [...before, now];
}
