import { words } from "../words.ts";

/** What the line itself has set so far. A variable has several values in a loop. */
export type Variables = Map<string, readonly string[]>;

/** A word stands for at most so many, and a value has so many characters. */
const MAX_WORDS = 30;
const MAX_LENGTH = 1000;
const USE = /\$(?:\{(\w+)(?::?[-=]([^}$]{0,60}))?[^}]{0,60}\}|(\w+))/u;
const KEYWORD = /^(?:[({!]+|if|then|elif|else|do|while|until|export|local|readonly|declare|typeset|-\w+)$/u;

/** The words that a word stands for. A variable that is not known stays as it is written. */
export function expand(word: string, variables: Variables): readonly string[] {
  let done: readonly string[] = [""];
  let rest = word;
  for (let count = 0; count < MAX_WORDS; count += 1) {
    const use = USE.exec(rest);
    if (use === null) break;
    const values = variables.get(use[1] ?? use[3] ?? "") ?? [use[2] ?? use[0]];
    const before = rest.slice(0, use.index);
    done = done
      .flatMap((start) => values.map((value) => (start + before + value).slice(0, MAX_LENGTH)))
      .slice(0, MAX_WORDS);
    rest = rest.slice(use.index + use[0].length);
  }
  const expanded = done.map((start) => start + rest);
  return expanded.length === 1 && expanded[0] === word
    ? expanded
    : expanded.flatMap((one) => one.split(/\s+/u)).slice(0, MAX_WORDS);
}

/** What a command, as it was written, sets: `D=docs rm x`, `export D=docs`, `A=(a b)`. */
export function assignmentsOf(raw: string): readonly (readonly [name: string, values: readonly string[]])[] {
  if (!raw.includes("=")) return [];
  const [, list, items] = /^\s*([A-Za-z_]\w*)\+?=\(([^)]*)\)/u.exec(raw) ?? [];
  if (list !== undefined) return [[list, words(items ?? "").slice(0, MAX_WORDS)]];
  const found: [string, string[]][] = [];
  for (const word of words(raw)) {
    const [, name, value] = /^[({]*([A-Za-z_]\w*)\+?=([\s\S]*)$/u.exec(word) ?? [];
    if (name !== undefined) found.push([name, [value ?? ""]]);
    else if (!KEYWORD.test(word)) break;
  }
  return found;
}
