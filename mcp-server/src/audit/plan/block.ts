import { quote, type AddProblem } from "../answers/form.ts";
import { ACCEPTANCE, GUARDRAILS, HEADINGS, LAST_STEP, STEPS } from "./wording.ts";
import type { Block } from "./plan.ts";
import { readNumbered } from "./sections.ts";

const PLACE = `"${HEADINGS[5]}"`;

/** Reads the last section: the guardrails word for word, then the `/plop` block unless the plan has no issue. */
export function parseBlock(section: string, isEmpty: boolean, addProblem: AddProblem): Block | null {
  const lines = section.split("\n").filter((line) => line.trim() !== "");
  for (const [at, guardrail] of GUARDRAILS.entries())
    if (lines[at] !== guardrail)
      addProblem(
        `${PLACE}: line ${at + 1} has to be "${guardrail}", word for word${lines[at] === undefined ? "" : `, and is ${quote(lines[at])}`}.`,
      );
  const start = lines.indexOf("/plop");
  const between = lines.slice(GUARDRAILS.length, start === -1 ? undefined : start);
  for (const line of between) addProblem(`${PLACE}: ${quote(line)} stands after the guardrails and before /plop.`);
  if (isEmpty) {
    if (start !== -1) addProblem(`${PLACE} must hold no /plop block, as there is no issue.`);
    return null;
  }
  if (start === -1) {
    addProblem(`${PLACE} lacks the block that starts with a line "/plop".`);
    return null;
  }
  const text = section.slice(section.search(/^\/plop$/mu)).trim();
  return { text, ...readParts(lines.slice(start + 1), addProblem) };
}

function readParts(lines: readonly string[], addProblem: AddProblem): Omit<Block, "text"> {
  const goal = /^Goal: (.*\S)$/u.exec(lines[0] ?? "")?.[1];
  if (goal === undefined) addProblem(`The /plop block has to go on with "Goal: …", in one line.`);
  const steps = lines.indexOf(STEPS);
  const acceptance = lines.indexOf(ACCEPTANCE);
  if (steps === -1) addProblem(`The /plop block lacks the line "${STEPS}".`);
  if (acceptance === -1) addProblem(`The /plop block lacks the line "${ACCEPTANCE}".`);
  if (steps === -1 || acceptance === -1) return { goal: goal ?? "", steps: [], criteria: [] };
  if (acceptance < steps) addProblem(`In the /plop block "${STEPS}" comes before "${ACCEPTANCE}".`);
  for (const line of lines.slice(goal === undefined ? 0 : 1, Math.min(steps, acceptance)))
    addProblem(`The /plop block: ${quote(line)} is no part of it before "${STEPS}".`);
  const items = readNumbered(lines.slice(steps + 1, acceptance), "Steps", addProblem);
  if (items.at(-1) !== LAST_STEP)
    addProblem(`The last step of the /plop block has to be "${LAST_STEP}", word for word.`);
  const criteria = lines.slice(acceptance + 1).flatMap((line) => {
    const criterion = /^- (.*\S)$/u.exec(line)?.[1];
    if (criterion === undefined)
      addProblem(`Acceptance Criteria: ${quote(line)} has to be "- …". Nothing follows the criteria.`);
    return criterion ?? [];
  });
  return { goal: goal ?? "", steps: items, criteria };
}
