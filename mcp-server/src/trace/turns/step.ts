import { addTo } from "../values/lists.ts";

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
  const shown = names.slice(0, max).map(({ name, count }) => (count > 1 ? `${name} ×${count}` : name));
  if (shown.length > 0 && names.length > max) shown.push(`+${names.length - max}`);
  const list = shown.length === 0 ? "" : `${word === "explore" ? ":" : ""} ${shown.join(", ")}`;
  return `${text}${list}${times > 1 ? ` ×${times}` : ""}`;
}

/** How many calls of each kind these steps stand for: `explore 9, edit 3`. */
export function countWords(steps: readonly Step[]): string {
  const [only] = steps;
  if (only !== undefined && steps.length === 1) return `${only.word} ${only.calls}`;
  const counts = new Map<string, number>();
  for (const { word, calls } of steps) counts.set(word, (counts.get(word) ?? 0) + calls);
  return [...counts]
    .toSorted(([a, left], [b, right]) => right - left || (a < b ? -1 : 1))
    .map(([word, calls]) => `${word} ${calls}`)
    .join(", ");
}

/** Steps of one word as one. */
export function joinSteps(left: Step, right: Step): Step {
  return { ...left, names: toNames([...left.names, ...right.names]), calls: left.calls + right.calls };
}

/** Names with how often each occurs, the most frequent first, those of one count in their order. */
export function toNames(names: readonly Named[]): readonly Named[] {
  const counts = new Map<string, number[]>();
  for (const { name, count } of names) if (name !== "") addTo(counts, name, count);
  return [...counts]
    .map(([name, all]) => ({ name, count: all.reduce((sum, count) => sum + count, 0) }))
    .toSorted((left, right) => right.count - left.count);
}
