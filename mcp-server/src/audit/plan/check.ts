import { quote, type AddProblem } from "../answers/form.ts";
import { judgeLine } from "../answers/instruction.ts";
import { judgeReplaced } from "../answers/replaced.ts";
import type { JudgeLinks } from "../answers/refactoring-specialist.ts";
import { judgePromptFile } from "../instructions/judge-prompt-file.ts";
import type { PromptFile } from "../instructions/prompt-file.ts";
import { judgeOverviewLine } from "./overview.ts";
import { parsePlan } from "./parse.ts";
import type { Plan } from "./plan.ts";
import { readStep } from "./steps.ts";
import { AUDITED, CRITERIA, LAST_STEP } from "./wording.ts";

/** A plan as far as it could be read, with everything that is wrong with it; it stands only without a problem. */
export type CheckedPlan = { readonly plan: Plan; readonly problems: readonly string[] };

/** More than any plan of eight issues and fifty traces needs. */
const MAX_PLAN = 200_000;

/**
 * Checks a plan that a human may have edited, every problem at once: its form, its guardrails, that its parts fit together,
 * and that it changes prompt files only. `files` are the prompt files as they are: a place that it names has to be there.
 * Null checks without them.
 */
export function checkPlan(markdown: string, judgeLinks: JudgeLinks, files: readonly PromptFile[] | null): CheckedPlan {
  const { plan, problems: formal } = parsePlan(markdown.slice(0, MAX_PLAN));
  const problems = [...formal];
  const addProblem = (problem: string): number => problems.push(problem);
  if (markdown.length > MAX_PLAN) addProblem(`The plan is longer than ${MAX_PLAN} characters.`);
  checkOverview(plan, addProblem);
  checkNumbers(plan, addProblem);
  checkFiles(plan, judgeLinks, addProblem);
  checkPlaces(plan, files, addProblem);
  checkBlock(plan, addProblem);
  return { plan, problems: [...new Set(problems)] };
}

/** The table below the title may be left out; a row of it is of a change that is there. */
function checkOverview({ overview, changes }: Plan, addProblem: AddProblem): void {
  const titles = changes.map(({ title }) => title);
  for (const line of overview)
    if (judgeOverviewLine(line, titles) === "of none")
      addProblem(
        `In the table below the title ${quote(line)} has the number and title of no change. Write it as the change has it, or leave the row out.`,
      );
}

function checkNumbers({ issues, rootCauses, changes }: Plan, addProblem: AddProblem): void {
  if (rootCauses.length !== issues.length)
    addProblem(`There are ${issues.length} observed issues and ${rootCauses.length} root causes; each issue has one.`);
  for (const [at, { addresses }] of changes.entries())
    for (const number of addresses)
      if (number < 1 || number > issues.length)
        addProblem(`Change ${at + 1} addresses issue ${number}, which is not listed.`);
}

/** The list may name more files than the changes do: a human who was told that another one is needed adds it there. */
function checkFiles({ changes, files }: Plan, judgeLinks: JudgeLinks, addProblem: AddProblem): void {
  if (new Set(files).size < files.length) addProblem(`"Files to Modify" names a file twice.`);
  const changed = new Set(changes.map(({ file }) => file).filter((file) => file !== ""));
  for (const file of changed)
    if (!files.includes(file)) addProblem(`"Files to Modify" lacks ${quote(file)}, which is changed.`);
  for (const file of new Set([...files, ...changed])) {
    const problem = judgePromptFile(file) ?? judgeLinks(file);
    if (problem !== null) addProblem(`${quote(file)} cannot be in a plan: ${problem}.`);
  }
}

function checkPlaces({ changes }: Plan, files: readonly PromptFile[] | null, addProblem: AddProblem): void {
  for (const [at, { place }] of changes.entries()) {
    const [, how, named = ""] = /^(below|in place of) (\S[^,]*?)(?:, |$)/u.exec(place ?? "") ?? [];
    const judge = how === "below" ? judgeLine : judgeReplaced;
    const problem = how === undefined ? null : judge(named, files);
    if (problem !== null) addProblem(`Change ${at + 1} is placed at ${quote(named)}; ${problem}`);
  }
}

function checkBlock({ files, block }: Plan, addProblem: AddProblem): void {
  if (block === null) return;
  for (const step of block.steps) {
    if (step === LAST_STEP) continue;
    const read = readStep(step);
    if (read === null) addProblem(`The step ${quote(step)} has to begin with "In FILE: " or "In FILE, PLACE: ".`);
    else if (!files.includes(read.file))
      addProblem(`The step ${quote(step)} is about ${quote(read.file)}, which "Files to Modify" does not list.`);
  }
  for (const { text } of CRITERIA.slice(1))
    if (!block.criteria.some((criterion) => criterion.startsWith(text + AUDITED)))
      addProblem(`The acceptance criteria lack "- ${text}${AUDITED}….", word for word.`);
}
