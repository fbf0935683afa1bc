import { countWords, joinSteps, showStep, type Step } from "./step.ts";

/** Instead of a number of names: the step is left out. */
export const GONE = -1;

/** A step as it is to be shown, and what of little weight was left out between the edits that it joins. */
type Line = { readonly step: Step; readonly max: number; readonly between: Step[] };

/**
 * The steps of a row in their order, with so many names each. What is left out is counted where it was: `… explore 9, run 2`.
 * Where only looks and the like are left out between edits, these become one: `edit a.ts ×2, b.ts (explore 3 between)`. A check
 * without its name is the same as the one of its kind before it: `test again ok`.
 */
export function showSteps(steps: readonly Step[], names: readonly number[]): readonly string[] {
  const told = new Map<string, string>();
  return toLines(steps, names).map((line) => (Array.isArray(line) ? showGone(line) : showLine(line, told)));
}

function toLines(steps: readonly Step[], names: readonly number[]): readonly (Line | Step[])[] {
  const lines: (Line | Step[])[] = [];
  for (const [at, step] of steps.entries()) {
    const max = names[at] ?? GONE;
    const last = lines.at(-1);
    const gone = Array.isArray(last) ? last : [];
    if (max === GONE) {
      if (gone.length > 0) gone.push(step);
      else lines.push([step]);
      continue;
    }
    const place = gone.length > 0 ? -2 : -1;
    const before = lines.at(place);
    if (before !== undefined && !Array.isArray(before) && isEdit(step, before.step) && gone.every(isQuiet)) {
      const joined = { step: joinSteps(before.step, step), max: Math.max(before.max, max) };
      before.between.push(...gone);
      lines.splice(place, -place, { ...joined, between: before.between });
    } else lines.push({ step, max, between: [] });
  }
  return lines;
}

function isEdit({ word }: Step, before: Step): boolean {
  return (word === "edit" || word === "write") && word === before.word;
}

function isQuiet({ word }: Step): boolean {
  return word === "explore" || word === "format" || word === "wait";
}

function showLine({ step, max, between }: Line, told: Map<string, string>): string {
  const { again, word } = step;
  const isAgain = again !== null && max === 0 && told.get(word) === again.of;
  if (again !== null) told.set(word, again.of);
  const text = showStep(isAgain ? { ...step, text: again.text } : step, max);
  return between.length === 0 ? text : `${text} (${countWords(between)} between)`;
}

/** One step without its names is often no longer than that it was left out. */
function showGone(gone: readonly Step[]): string {
  const [only] = gone;
  const counted = `… ${countWords(gone)}`;
  const bare = gone.length === 1 && only !== undefined ? showStep(only, 0) : null;
  return bare !== null && bare.length <= counted.length ? bare : counted;
}
