import { quote } from "../answers/form.ts";
import { toChecked, type Checked } from "../answers/answer-json.ts";
import type { JudgeLinks } from "../answers/refactoring-specialist.ts";
import { checkPlan } from "../plan/check.ts";
import { PLAN_PATH } from "../layout/places.ts";
import { parsePlan } from "../plan/parse.ts";
import type { Plan } from "../plan/plan.ts";
import { hiddenWords } from "../sentences/invisible-text.ts";
import { judgeSentence } from "../sentences/judge-sentence.ts";

/** The command's name as Claude Code expands it. */
export const PLOP = "trace-audit:plop";
const TYPED = /^\/(?:trace-audit:)?plop(?=\s|$)/u;

/** Whether a prompt begins with the command. */
export function isTyped(prompt: string): boolean {
  return TYPED.test(prompt);
}

/**
 * Judges what `/plop` was typed for. `typed` is the text after the command: nothing, or the plan's block up to white space,
 * with or without its first line. `readListed` gives what a listed file holds today, "" without one. The value is the files
 * that a human approves.
 */
export function judgeHandover(
  plan: string,
  typed: string,
  judgeLinks: JudgeLinks,
  readListed: (file: string) => string,
): Checked<readonly string[]> {
  const checked = checkPlan(plan, judgeLinks, null);
  const { block, files } = checked.plan;
  if (checked.problems.length === 0 && block === null)
    return toChecked(files, ["the plan says that no prompt change would help, so it has no /plop block to execute"]);
  const problems = [
    ...checked.problems.map((problem) => problem.replace(/\.$/u, "")),
    ...hiddenWords(plan).map(
      (part) => `the human who reviews the plan would not see ${quote(part)}. Write it in backticks, or take it out`,
    ),
  ];
  if (problems.length === 0) problems.push(...judgeSentences(checked.plan, files.map(readListed)));
  if (block !== null && typed.trim() !== "" && bodyOf(typed) !== bodyOf(block.text))
    problems.push(
      `the text after /plop is not the plan's block. It differs from character ${differsAt(bodyOf(typed), bodyOf(block.text))} on, white space aside. Type /plop alone, or paste the block of ${PLAN_PATH} as it stands there`,
    );
  return toChecked(files, problems);
}

/** What a change or the block holds that is more than a sentence, and that the listed files do not hold already. */
function judgeSentences({ changes, block }: Plan, existing: readonly string[]): readonly string[] {
  const parts = [
    ...changes.map(({ title, constraints }, at) => ({
      name: `change ${at + 1}`,
      text: [title, ...constraints].join("\n"),
    })),
    { name: "the /plop block", text: block?.text ?? "" },
  ];
  return parts.flatMap(({ name, text }) =>
    judgeSentence(text, existing).map((reason) => `${name} is no plain sentence: ${reason}`),
  );
}

/**
 * Why a prompt must not reach a model, or null: it holds the plan's block, or the command, and does not begin with it, so
 * that it would be carried out without an approval. `plan` is null where there is none.
 */
export function judgePrompt(prompt: string, plan: string | null): string | null {
  if (isTyped(prompt)) return null;
  if (isTyped(prompt.trimStart()))
    return "There is white space before /plop, so Claude Code does not see a command. Type /plop at the very beginning.";
  const block = plan === null ? null : parsePlan(plan).plan.block;
  if (block === null || bodyOf(block.text) === "" || !flat(withoutHidden(prompt)).includes(bodyOf(block.text)))
    return null;
  return `This prompt holds the plan's block but does not begin with /plop, so nothing would bind it to the plan that you reviewed. Claude Code takes pasted lines as text, not as a command, even when they begin with /plop. To hand the plan over, type /plop alone, or type /plop, a space, and paste the block behind it.`;
}

/** A character that nobody sees makes the block no other to a model. */
function withoutHidden(text: string): string {
  return text.replaceAll(/\p{DI}/gu, "");
}

/** A block without its first line, so that text typed after the command is compared with what follows it in the plan. */
function bodyOf(block: string): string {
  return flat(block).replace(/^\/(?:trace-audit:)?plop(?: |$)/u, "");
}

/** White space does not count, nor the tags that Claude Code's terminal puts around pasted lines. */
function flat(text: string): string {
  return text
    .replaceAll(/<\/?pasted_content(?: id="[^"]{0,80}")?>/gu, " ")
    .replaceAll(/\s+/gu, " ")
    .trim();
}

/** Counted from 1. */
function differsAt(left: string, right: string): number {
  let at = 0;
  while (at < left.length && left[at] === right[at]) at += 1;
  return at + 1;
}
