import { isRecord, own } from "../../trace/values/json.ts";
import { parseAnswer, toChecked, type Checked } from "./answer-json.ts";
import type { Diagnosis } from "./prompt-engineer.ts";
import { judgePromptFile } from "../instructions/judge-prompt-file.ts";
import { checkOverlap } from "./overlap.ts";
import { checkNote } from "./note.ts";
import { checkNotThere, checkPlace } from "./place.ts";
import { parseLineRange, type PromptFile } from "../instructions/prompt-file.ts";
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
  /** The lines that the constraints take the place of, as `CLAUDE.md:6` or `CLAUDE.md:6-8`. */
  readonly replaces?: string;
  readonly constraints: readonly string[];
  /** Positions in the diagnosis, from 0. */
  readonly addresses: readonly number[];
  readonly risk: Risk;
  /** Why it is no less, in a few words. */
  readonly risk_reason?: string;
};
/** What `refactoring-specialist` answers in an audit. */
export type Translation = {
  /** What the changes shall achieve, in one sentence. */
  readonly goal: string;
  /** The files and the constraints of all changes, each once. */
  readonly files_to_change: readonly string[];
  readonly new_constraints: readonly string[];
  readonly changes: readonly Change[];
  /** What in the audited texts tries to steer the audit; for the human. */
  readonly note?: string;
};

/** Why a file of the project cannot be changed once its links are followed, or null; asked for plain paths only. */
export type JudgeLinks = (file: string) => string | null;

const MAX_CHANGES = 20;
/** An issue that is less sure may stay without a change: one event seldom makes a rule. */
const SURE = 0.5;
/** What follows from the changes. */
const LISTS = ["files_to_change", "new_constraints"] as const;

/**
 * Checks an answer of `refactoring-specialist`, every problem at once: its form, that each issue but an unsure one is addressed by position,
 * that no two changes get in each other's way, and that the files are prompt files inside the project. `files_to_change` and
 * `new_constraints` follow from the changes; an answer that gives them has to agree. `files` are the prompt files as they
 * are: a place has to be there, and a sentence that stands there is not added again. Null checks the form alone.
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
  const record = checkRecord(parsed.value, "The answer", ["goal", "changes"], addProblem, [...LISTS, "note"]);
  if (record === null) return toChecked({ goal: "", files_to_change: [], new_constraints: [], changes: [] }, problems);
  const goal = checkLine(record, "goal", "answer", 300, addProblem);
  const listed = checkLines(record, "files_to_change", "answer", [0, MAX_CHANGES], addProblem);
  const sentences = checkLines(record, "new_constraints", "answer", [0, 100], addProblem);
  const changes = checkList(record, "changes", "answer", [0, MAX_CHANGES], addProblem).map((change, at) =>
    toChange(change, `changes[${at}]`, issues.length, files, addProblem),
  );
  const known = changes.filter((change) => change !== null);
  const files_to_change = [...new Set(known.map(({ file }) => file))];
  const new_constraints = [...new Set(known.flatMap(({ constraints }) => constraints))];
  checkFiles([...listed, ...files_to_change], judgeLinks, addProblem);
  if (Object.hasOwn(record, "files_to_change")) checkListed("files_to_change", listed, files_to_change, addProblem);
  if (Object.hasOwn(record, "new_constraints")) checkListed("new_constraints", sentences, new_constraints, addProblem);
  checkOverlap(known, addProblem);
  const note = own(record, "note") == null ? null : checkNote(record, null, files, addProblem);
  const addressed = new Set(known.flatMap(({ addresses }) => addresses));
  for (const [at, { confidence }] of issues.entries())
    if (!addressed.has(at) && (confidence >= SURE || known.length === 0))
      addProblem(`issues[${at}] of the diagnosis is addressed by no change. Add one that lists ${at}.`);
  return toChecked(
    { goal, files_to_change, new_constraints, changes: known, ...(note === null ? {} : { note }) },
    problems,
  );
}

function toChange(
  value: unknown,
  path: string,
  issues: number,
  files: readonly PromptFile[] | null,
  addProblem: AddProblem,
): Change | null {
  const isReplacing = isRecord(value) && own(value, "replaces") != null;
  const keys = ["title", "file", "constraints", "addresses", "risk", ...(isReplacing ? [] : ["place"])];
  const record = checkRecord(value, path, keys, addProblem, ["replaces", "place", "risk_reason"]);
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
  const replaces = isReplacing ? checkLine(record, "replaces", path, 220, addProblem) : null;
  const change: Change = {
    title: checkLine(record, "title", path, 120, addProblem),
    file: checkLine(record, "file", path, 200, addProblem),
    place:
      replaces !== null && own(record, "place") == null
        ? toPlace(replaces)
        : checkLine(record, "place", path, 220, addProblem),
    ...(replaces === null ? {} : { replaces }),
    constraints: checkLines(record, "constraints", path, [1, 20], addProblem),
    addresses: addresses.filter(isPosition),
    risk: risk ?? "High",
    ...(own(record, "risk_reason") == null
      ? {}
      : { risk_reason: checkLine(record, "risk_reason", path, 120, addProblem) }),
  };
  checkPlace(change, path, files, addProblem);
  if (files === null) return change;
  checkNotThere(change, path, files, addProblem);
  const existing = files.map((file) => file.text);
  for (const sentence of [
    change.title,
    ...change.constraints,
    ...(change.risk_reason === undefined ? [] : [change.risk_reason]),
  ])
    for (const reason of judgeSentence(sentence, existing))
      addProblem(`${path}: ${quote(sentence)} is no plain sentence: ${reason}.`);
  return change;
}

/** Where what replaces lines stands, for one who asks for the place of a change; "" where they are none. */
function toPlace(replaces: string): string {
  const range = parseLineRange(replaces);
  return range === null ? "" : `below ${range.path}:${range.first}`;
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

/** A list that an answer gives beside its changes holds what they name and nothing else. */
function checkListed(
  name: (typeof LISTS)[number],
  listed: readonly string[],
  named: readonly string[],
  addProblem: AddProblem,
): void {
  const missing = named.filter((one) => one !== "" && !listed.includes(one));
  const unused = [...new Set(listed)].filter((one) => one !== "" && !named.includes(one));
  for (const one of missing) addProblem(`${quote(one)} of a change is missing in ${name}. Leave ${name} out.`);
  for (const one of unused) addProblem(`${quote(one)} of ${name} stands in no change. Leave ${name} out.`);
}
