/** What something was done to, with what is to be said of it, and how often. The text holds marked paths, see show-path.ts. */
export type Named = { readonly name: string; readonly count: number };

/** One thing that a row says was done, or several alike ones. Texts hold marked paths. */
export type Step = {
  /** What it is counted as where it has no room: `explore`, `edit`, `test`, `git`. */
  readonly word: string;
  /** `explore 7`, `edit`, `test npm test ok`. */
  readonly text: string;
  /** Of a check what it is, `test npm test`, and its text where that was said before: `test again ok`. */
  readonly again: { readonly of: string; readonly text: string } | null;
  /** The most frequent first. */
  readonly names: readonly Named[];
  /** How many calls it stands for. */
  readonly calls: number;
  /** How often it was done again with the same result. */
  readonly times: number;
};

/** Of a step all names are shown where there is room, up to so many. */
export const MAX_NAMES = 12;

/** The step with so many of its names: `explore 7: src/a.ts ×2, src/b.ts, +3`. */
export function showStep({ word, text, names, times }: Step, max: number): string {
  return `${text}${showNames(names, max, word)}${times > 1 ? ` ×${times}` : ""}`;
}

function showNames(names: readonly Named[], max: number, word: string): string {
  if (names.length === 0 || max === 0) return "";
  const shown = names.slice(0, max).map(({ name, count }) => (count > 1 ? `${name} ×${count}` : name));
  if (names.length > max) shown.push(`+${names.length - max}`);
  return `${word === "explore" ? ":" : ""} ${shown.join(", ")}`;
}

/** How many calls of each kind these steps stand for: `explore 9, edit 3`. */
export function countWords(steps: readonly Step[]): string {
  // A few words at most, and asked for hundreds of times where a table is fitted: a list is faster than a map.
  const counts: { readonly word: string; calls: number }[] = [];
  for (const { word, calls } of steps) {
    const known = counts.find((count) => count.word === word);
    if (known === undefined) counts.push({ word, calls });
    else known.calls += calls;
  }
  if (counts.length > 1) counts.sort((left, right) => right.calls - left.calls || (left.word < right.word ? -1 : 1));
  return counts.map(({ word, calls }) => `${word} ${calls}`).join(", ");
}

/** Steps of one word as one. */
export function joinSteps(left: Step, right: Step): Step {
  return { ...left, names: toNames([...left.names, ...right.names]), calls: left.calls + right.calls };
}

/** Names with how often each occurs, the most frequent first, those of one count in their order. */
export function toNames(names: readonly Named[]): readonly Named[] {
  const counts = new Map<string, number>();
  for (const { name, count } of names) if (name !== "") counts.set(name, (counts.get(name) ?? 0) + count);
  return [...counts].map(([name, count]) => ({ name, count })).toSorted((left, right) => right.count - left.count);
}
