import { judgePromptFile } from "../instructions/judge-prompt-file.ts";
import { quote, type AddProblem } from "../answers/form.ts";
import { RISKS, type JudgeLinks } from "../answers/refactoring-specialist.ts";
import { AUDITED, CRITERIA, LAST_STEP } from "./wording.ts";
import type { Plan, ProposedChange } from "./plan.ts";

/**
 * Adds where the parts of a plan contradict each other, whatever audit it came from. With `mayAddFiles` the list of files
 * may name more than the changes do: a human who was told that another file is needed adds its line there.
 */
export function checkRelations(plan: Plan, judgeLinks: JudgeLinks, addProblem: AddProblem, mayAddFiles: boolean): void {
  const { issues, rootCauses, changes } = plan;
  if (rootCauses.length !== issues.length)
    addProblem(`There are ${issues.length} observed issues and ${rootCauses.length} root causes; each issue has one.`);
  for (const [at, { addresses }] of changes.entries())
    for (const number of addresses)
      if (number < 1 || number > issues.length)
        addProblem(`Change ${at + 1} addresses issue ${number}, which is not listed.`);
  const addressed = new Set(changes.flatMap(({ addresses }) => addresses));
  for (const at of issues.keys()) if (!addressed.has(at + 1)) addProblem(`Issue ${at + 1} is addressed by no change.`);
  checkOrder(changes, addProblem);
  checkFiles(plan, judgeLinks, addProblem, mayAddFiles);
  checkBlock(plan, addProblem, mayAddFiles);
}

/** High confidence first, then low risk. */
function checkOrder(changes: readonly ProposedChange[], addProblem: AddProblem): void {
  const sorted = changes.toSorted(
    (left, right) => right.confidence - left.confidence || RISKS.indexOf(left.risk) - RISKS.indexOf(right.risk),
  );
  if (changes.every((change, at) => change === sorted[at])) return;
  const order = sorted.map((change) => changes.indexOf(change) + 1).join(", ");
  addProblem(
    `The changes are out of order: highest confidence first, then Low before Medium before High. Put them as ${order}.`,
  );
}

function checkFiles(
  { changes, files }: Plan,
  judgeLinks: JudgeLinks,
  addProblem: AddProblem,
  mayAddFiles: boolean,
): void {
  if (new Set(files).size < files.length) addProblem(`"Files to Modify" names a file twice.`);
  const changed = new Set(changes.map(({ file }) => file).filter((file) => file !== ""));
  for (const file of changed)
    if (!files.includes(file)) addProblem(`"Files to Modify" lacks ${quote(file)}, which is changed.`);
  for (const file of new Set(files))
    if (!mayAddFiles && !changed.has(file))
      addProblem(`"Files to Modify" names ${quote(file)}, which no change is about.`);
  for (const file of new Set([...files, ...changed])) {
    const problem = judgePromptFile(file) ?? judgeLinks(file);
    if (problem !== null) addProblem(`${quote(file)} cannot be in a plan: ${problem}.`);
  }
}

/** The file that a step begins with, as in `In CLAUDE.md: …`, and what is to be done there. */
export function readStep(step: string): { readonly file: string; readonly text: string } | null {
  const [, file, text] = /^In ([^:]+): (.*\S)$/u.exec(step) ?? [];
  return file === undefined || text === undefined ? null : { file, text };
}

function checkBlock({ traces, files, block }: Plan, addProblem: AddProblem, mayAddFiles: boolean): void {
  if (block === null) return;
  const steps = block.steps.filter((step) => step !== LAST_STEP).map((step) => ({ step, read: readStep(step) }));
  for (const { step, read } of steps) {
    if (read === null) addProblem(`The step ${quote(step)} has to begin with "In FILE: ".`);
    else if (!files.includes(read.file))
      addProblem(`The step ${quote(step)} is about ${quote(read.file)}, which "Files to Modify" does not list.`);
  }
  for (const file of files)
    if (!mayAddFiles && !steps.some(({ read }) => read?.file === file))
      addProblem(`No step says what to do in ${quote(file)}.`);
  for (const { text, value } of CRITERIA) {
    const values = readAudited(block.criteria, text);
    if (values === null) {
      addProblem(`The acceptance criteria lack "- ${text}${AUDITED}….", word for word.`);
    } else if (values.length !== traces.length || values.some((one) => !value.test(one))) {
      addProblem(
        `The criterion "${text}" ends with ${quote(AUDITED.trim() + " " + values.join(", "))}; it needs one value for each trace, in their order, "not recorded" where there is none.`,
      );
    }
  }
}

/** The audited values of a criterion, or null when no line has its words. */
export function readAudited(criteria: readonly string[], text: string): readonly string[] | null {
  const prefix = text + AUDITED;
  const line = criteria.find((criterion) => criterion.startsWith(prefix) && criterion.endsWith("."));
  return line === undefined ? null : line.slice(prefix.length, -1).split(", ");
}
