import { isTyped } from "./typed-plop.ts";

const COMMAND = "plop";
/** Words of the same letters, which are no slip. */
const WORDS = new Set(["pop", "lop"]);
/** Letters of other scripts that are drawn as those of the command (Unicode's confusables.txt). */
const LOOKALIKES: readonly (readonly [letter: string, others: RegExp])[] = [
  ["p", /[рРρΡ]/gu],
  ["l", /[ӀӏІіΙ]/gu],
  ["o", /[оОοΟօ]/gu],
];

/**
 * What to say of a prompt that begins with a misspelt `/plop`, null for any other: in another case or width, with letters of another script, or with one of
 * its own letters missing, doubled or exchanged with its neighbour. Claude Code knows no such command and hands it to the
 * model as text, so the plan would be carried out with no approval and no guard. A word with another letter in it is
 * somebody else's command.
 */
export function explainMistyped(prompt: string): string | null {
  const start = LOOKALIKES.reduce(
    (text, [letter, others]) => text.replaceAll(others, letter),
    prompt.slice(0, 60).normalize("NFKC"),
  );
  const word = /^\s*\/(?:trace-audit[:/ ]\s*)?([plo]{3,5})(?=\s|$)/iu.exec(start)?.[1] ?? "";
  if (word === "" || isTyped(prompt) || isTyped(prompt.trimStart())) return null;
  const written = word.toLowerCase();
  if (WORDS.has(written) || !isOneSlipAway(written)) return null;
  return `/${word} is no command. If you mean /plop, type it exactly so. Nothing was approved, and the model was not asked.`;
}

function isOneSlipAway(word: string): boolean {
  let from = 0;
  while (from < word.length && word[from] === COMMAND[from]) from += 1;
  const [left, right] = [word.slice(from), COMMAND.slice(from)];
  const isSwapped = left.slice(2) === right.slice(2) && left[0] === right[1] && left[1] === right[0];
  return left === right || left.slice(1) === right || left === right.slice(1) || isSwapped;
}
