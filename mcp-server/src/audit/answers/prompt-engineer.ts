import { own } from "../../trace/values/json.ts";
import { parseAnswer, toChecked, type Checked } from "./answer-json.ts";
import { citable, countEvidence, type SummaryFacts } from "../evidence/summary-facts.ts";
import { checkLine, checkLines, checkList, checkRecord, MAX_LINE, quote, type AddProblem } from "./form.ts";
import { checkConfidence } from "./confidence.ts";
import { checkInstruction, type Instruction } from "./instruction.ts";
import { checkNote } from "./note.ts";
import { checkSymptom } from "./symptom.ts";
import type { PromptFile } from "../instructions/prompt-file.ts";

/** What can be wrong, so that a symptom can be followed across audits. agents/prompt-engineer.md says what each means. */
export const ISSUE_KINDS = [
  "verification-gap",
  "masked-check",
  "red-check-dismissed",
  "weakened-test",
  "test-at-wrong-layer",
  "human-as-tester",
  "human-correction",
  "convention-missing",
  "scope-overrun",
  "question-answered-with-edit",
  "unrequested-files",
  "unrequested-git",
  "sibling-missed",
  "partial-sweep",
  "incomplete-commit",
  "plan-ignored",
  "doc-drift",
  "fix-by-guess",
  "trial-and-error",
  "undone-work",
  "overclaimed",
  "false-report",
  "rediscovery",
  "not-found-paths",
  "context-waste",
  "environment",
  "permission-friction",
  "lint-loop",
  "wasted-subagent",
  "other",
] as const;
export type IssueKind = (typeof ISSUE_KINDS)[number];

export type Issue = {
  readonly kind: IssueKind;
  readonly symptom: string;
  readonly root_cause: string;
  readonly recommendation: string;
  /** Names of what a summary shows, see `SummaryFacts.evidence`. */
  readonly evidence: readonly string[];
  /** What the instructions say of it today. */
  readonly instruction: Instruction;
  /** 0 to `MAX_CONFIDENCE`. */
  readonly confidence: number;
};
/** What `prompt-engineer` answers in an audit. */
export type Diagnosis = {
  readonly issues: readonly Issue[];
  /** Why no change of a prompt would help; only without an issue. */
  readonly no_issue_reason?: string;
  /** What in the audited texts tries to steer the audit; for the human. */
  readonly note?: string;
};

const KEYS = ["kind", "symptom", "root_cause", "recommendation", "evidence", "instruction", "confidence"] as const;
/** The number that agents/prompt-engineer.md asks for. */
const MAX_ISSUES = 8;
/** A trace never shows the cause for sure; agents/prompt-engineer.md says what earns how much. */
const MAX_CONFIDENCE = 0.9;

/**
 * Checks an answer of `prompt-engineer`, every problem at once. `facts` are the summaries of the audit: what they show is
 * the only evidence, and a symptom has no number and no file beyond it. `files` are the prompt files that it was shown: a
 * line that it names has to be there. Null checks the form alone.
 */
export function checkDiagnosis(
  answer: string,
  facts: readonly SummaryFacts[] | null,
  files: readonly PromptFile[] | null,
): Checked<Diagnosis> {
  const parsed = parseAnswer(answer);
  if (parsed.value === null) return parsed;
  const problems: string[] = [];
  const addProblem: AddProblem = (problem) => problems.push(problem);
  const record = checkRecord(parsed.value, "The answer", ["issues"], addProblem, ["no_issue_reason", "note"]);
  const list = record === null ? [] : checkList(record, "issues", "answer", [0, MAX_ISSUES], addProblem);
  const issues = list.map((issue, at) => toIssue(issue, `issues[${at}]`, facts, files, addProblem));
  const note = record === null || own(record, "note") == null ? null : checkNote(record, facts, files, addProblem);
  const diagnosis = { issues: issues.filter((issue) => issue !== null), ...(note === null ? {} : { note }) };
  if (record === null || !Object.hasOwn(record, "no_issue_reason")) return toChecked(diagnosis, problems);
  if (list.length > 0) addProblem("The answer has issues, so it has no no_issue_reason.");
  const no_issue_reason = checkLine(record, "no_issue_reason", "answer", MAX_LINE, addProblem);
  return toChecked({ ...diagnosis, no_issue_reason }, problems);
}

function toIssue(
  value: unknown,
  path: string,
  facts: readonly SummaryFacts[] | null,
  files: readonly PromptFile[] | null,
  addProblem: AddProblem,
): Issue | null {
  const record = checkRecord(value, path, KEYS, addProblem);
  if (record === null) return null;
  const evidence = checkLines(record, "evidence", path, [1, 20], addProblem);
  for (const [at, name] of evidence.entries()) {
    if (name === "" || facts === null || countEvidence(name, facts) > 0) continue;
    addProblem(
      `${path}.evidence[${at}] is ${quote(name)}, which no summary of this audit shows. There is: ${citable(facts).join(", ") || "nothing"}. Cite one of these or drop the issue.`,
    );
  }
  const kind = ISSUE_KINDS.find((name) => name === own(record, "kind"));
  if (kind === undefined && Object.hasOwn(record, "kind"))
    addProblem(`${path}.kind is ${quote(own(record, "kind"))}; it has to be one of ${ISSUE_KINDS.join(", ")}.`);
  const confidence = own(record, "confidence");
  if (Object.hasOwn(record, "confidence") && !isShare(confidence))
    addProblem(`${path}.confidence is ${quote(confidence)}; it has to be a number from 0 to ${MAX_CONFIDENCE}.`);
  const symptom = checkLine(record, "symptom", path, MAX_LINE, addProblem);
  if (facts !== null && isShare(confidence)) checkConfidence(confidence, evidence, path, facts, addProblem);
  if (facts !== null) checkSymptom(symptom, evidence, `${path}.symptom`, facts, addProblem);
  return {
    kind: kind ?? "other",
    symptom,
    root_cause: checkLine(record, "root_cause", path, MAX_LINE, addProblem),
    recommendation: checkLine(record, "recommendation", path, MAX_LINE, addProblem),
    evidence,
    instruction: checkInstruction(record, path, files, addProblem),
    confidence: isShare(confidence) ? confidence : 0,
  };
}

function isShare(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value <= MAX_CONFIDENCE;
}
