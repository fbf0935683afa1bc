import { own } from "../../trace/values/json.ts";
import { parseAnswer, toChecked, type Checked } from "./answer-json.ts";
import type { Diagnosis } from "./prompt-engineer.ts";
import { judgePromptFile } from "../instructions/judge-prompt-file.ts";
import { checkNotThere, checkPlace } from "./place.ts";
import type { PromptFile } from "../instructions/prompt-file.ts";
import { judgeSentence } from "../sentences/judge-sentence.ts";
import { checkLine, checkLines, checkList, checkRecord, quote, type AddProblem } from "./form.ts";

/** From what only affects the cited behaviour to what may stop the agent from finishing a task. */
export const RISKS = ["Low", "Medium", "High"] as const;
export type Risk = (typeof RISKS)[number];

export type Change = {
  readonly title: string;
  /** Relative to the project, with forward slashes. */
  readonly file: string;
  /** `below CLAUDE.md:6`, `at the end` or `new file`, see place.ts. */
  readonly place: string;
  /** The line that the constraints take the place of, as `CLAUDE.md:6`. */
  readonly replaces?: string;
  readonly constraints: readonly string[];
  /** Positions in the diagnosis, from 0. */
  readonly addresses: readonly number[];
  readonly risk: Risk;
};
/** What `refactoring-specialist` answers in an audit. */
export type Translation = {
  /** What the changes shall achieve, in one sentence. */
  readonly goal: string;
  readonly files_to_change: readonly string[];
  readonly new_constraints: readonly string[];
  readonly changes: readonly Change[];
};

/** Why a file of the project cannot be changed once its links are followed, or null; asked for plain paths only. */
export type JudgeLinks = (file: string) => string | null;

const MAX_CHANGES = 20;

/**
 * Checks an answer of `refactoring-specialist`, every problem at once: its form, that each issue is addressed by position,
 * that both lists hold what the changes name, and that the files are prompt files inside the project. `files` are the prompt
 * files as they are: a place has to be there, and a sentence that stands there is not added again. Null checks the form alone.
 */
export function checkTranslation(
  answer: string,
  { issues }: Diagnosis,
  judgeLinks: JudgeLinks,
  files: readonly PromptFile[] | null,
): Checked<Translation> {
  const parsed = parseAnswer(answer);
  if (parsed.value === null) return parsed;
  const problems: string[] = [];
  const addProblem: AddProblem = (problem) => problems.push(problem);
  const keys = ["goal", "files_to_change", "new_constraints", "changes"];
  const record = checkRecord(parsed.value, "The answer", keys, addProblem);
  if (record === null) return toChecked({ goal: "", files_to_change: [], new_constraints: [], changes: [] }, problems);
  const goal = checkLine(record, "goal", "answer", 300, addProblem);
  const files_to_change = checkLines(record, "files_to_change", "answer", [0, MAX_CHANGES], addProblem);
  const constraints = checkLines(record, "new_constraints", "answer", [0, 100], addProblem);
  const changes = checkList(record, "changes", "answer", [0, MAX_CHANGES], addProblem).map((change, at) =>
    toChange(change, `changes[${at}]`, issues.length, files, addProblem),
  );
  const known = changes.filter((change) => change !== null);
  checkFiles([...files_to_change, ...known.map(({ file }) => file)], judgeLinks, addProblem);
  checkLists(files_to_change, constraints, known, addProblem);
  const addressed = new Set(known.flatMap(({ addresses }) => addresses));
  for (const at of issues.keys())
    if (!addressed.has(at))
      addProblem(`issues[${at}] of the diagnosis is addressed by no change. Add one that lists ${at}.`);
  return toChecked({ goal, files_to_change, new_constraints: constraints, changes: known }, problems);
}

function toChange(
  value: unknown,
  path: string,
  issues: number,
  files: readonly PromptFile[] | null,
  addProblem: AddProblem,
): Change | null {
  const keys = ["title", "file", "place", "constraints", "addresses", "risk"];
  const record = checkRecord(value, path, keys, addProblem, ["replaces"]);
  if (record === null) return null;
  const addresses = checkList(record, "addresses", path, [1, 20], addProblem);
  for (const [at, index] of addresses.entries()) {
    if (isPosition(index) && index < issues) continue;
    const range = issues === 0 ? "the diagnosis has no issue" : `it has to be a whole number from 0 to ${issues - 1}`;
    addProblem(`${path}.addresses[${at}] is ${quote(index)}; ${range}.`);
  }
  const risk = RISKS.find((name) => name === own(record, "risk"));
  if (risk === undefined && Object.hasOwn(record, "risk"))
    addProblem(`${path}.risk is ${quote(own(record, "risk"))}; it has to be Low, Medium or High.`);
  const change: Change = {
    title: checkLine(record, "title", path, 120, addProblem),
    file: checkLine(record, "file", path, 200, addProblem),
    place: checkLine(record, "place", path, 220, addProblem),
    ...(own(record, "replaces") == null ? {} : { replaces: checkLine(record, "replaces", path, 220, addProblem) }),
    constraints: checkLines(record, "constraints", path, [1, 20], addProblem),
    addresses: addresses.filter(isPosition),
    risk: risk ?? "High",
  };
  checkPlace(change, path, files, addProblem);
  if (files === null) return change;
  checkNotThere(change, path, files, addProblem);
  const existing = files.map((file) => file.text);
  for (const sentence of [change.title, ...change.constraints])
    for (const reason of judgeSentence(sentence, existing))
      addProblem(`${path}: ${quote(sentence)} is no plain sentence: ${reason}.`);
  return change;
}

function isPosition(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0;
}

function checkFiles(files: readonly string[], judgeLinks: JudgeLinks, addProblem: AddProblem): void {
  for (const file of new Set(files)) {
    if (file === "") continue;
    const problem = judgePromptFile(file) ?? judgeLinks(file);
    if (problem !== null) addProblem(`${quote(file)} cannot be changed: ${problem}.`);
  }
}

function checkLists(
  files: readonly string[],
  constraints: readonly string[],
  changes: readonly Change[],
  addProblem: AddProblem,
): void {
  if (new Set(files).size < files.length) addProblem("files_to_change names a file twice.");
  const changed = new Set(changes.map(({ file }) => file));
  for (const file of changed)
    if (file !== "" && !files.includes(file)) addProblem(`${quote(file)} is changed but missing in files_to_change.`);
  for (const file of new Set(files))
    if (file !== "" && !changed.has(file))
      addProblem(`${quote(file)} of files_to_change is changed by no entry of changes.`);
  for (const constraint of new Set(changes.flatMap((change) => change.constraints)))
    if (constraint !== "" && !constraints.includes(constraint))
      addProblem(`The constraint ${quote(constraint)} of a change is missing in new_constraints.`);
}
