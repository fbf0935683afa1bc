import type { Diagnosis, Issue } from "../answers/prompt-engineer.ts";
import { countEvidence, type SummaryFacts } from "../evidence/summary-facts.ts";
import { quote, type AddProblem } from "../answers/form.ts";
import type { Change, Translation } from "../answers/refactoring-specialist.ts";
import { AUDITED, CRITERIA, LAST_STEP, NO_CHANGE, NOT_RECORDED } from "./wording.ts";
import { picturesOf } from "./pictures.ts";
import type { Plan, SourceTrace } from "./plan.ts";
import { readAudited, readStep } from "./relations.ts";

/** What an audit has established so far: the summaries it wrote and the answers that passed their checks. */
export type AuditFacts = {
  readonly summaries: readonly SummaryFacts[];
  readonly diagnosis: Diagnosis | null;
  readonly translation: Translation | null;
};

/** Adds where a plan says something else than the audit that it comes from. */
export function checkAgainstAudit(
  plan: Plan,
  { summaries, diagnosis, translation }: AuditFacts,
  addProblem: AddProblem,
): void {
  checkTraces(plan.traces, summaries, addProblem);
  checkValues(plan, summaries, addProblem);
  if (diagnosis === null) {
    addProblem(
      "No answer of trace-audit:prompt-engineer was accepted in this audit, so there is nothing to plan. Show the human what it said and stop, as step 5 of /audit says.",
    );
    return;
  }
  checkIssues(plan, diagnosis, summaries, addProblem);
  if (diagnosis.issues.length === 0) return;
  if (translation === null) {
    addProblem(
      "No answer of trace-audit:refactoring-specialist was accepted in this audit, so there are no changes to plan. Show the human what it said and stop, as step 5 of /audit says.",
    );
    return;
  }
  checkChanges(plan, diagnosis, translation, addProblem);
}

function checkTraces(traces: readonly SourceTrace[], summaries: readonly SummaryFacts[], addProblem: AddProblem): void {
  const pictures = picturesOf(
    traces.map(({ traceId }) => traceId),
    summaries,
  );
  for (const { traceId, picture } of traces)
    if (picture !== null && picture !== pictures.get(traceId))
      addProblem(
        `The picture of ${quote(traceId)} is not the one that is computed from its summary. Leave it out: a Write of the whole plan puts it in.`,
      );
  if (summaries.length === 0) addProblem("This audit has written no summary yet. Call write_summary first.");
  for (const { traceId } of traces)
    if (!summaries.some(({ trace_id }) => trace_id === traceId))
      addProblem(`Source Trace names ${quote(traceId)}, of which this audit wrote no summary.`);
  for (const { trace_id, goal, started_at } of summaries) {
    const group = traces.find(({ traceId }) => traceId === trace_id);
    if (group === undefined) {
      addProblem(`Source Trace lacks the trace ${quote(trace_id)} of this audit.`);
      continue;
    }
    if (!isGoal(group.goal, goal))
      addProblem(`The goal of ${trace_id} has to be "${goal ?? NOT_RECORDED}", as in its summary.`);
    if (group.date !== started_at)
      addProblem(
        `The date of ${trace_id} has to be ${started_at ?? `"${NOT_RECORDED}"`}, the \`started_at\` of its summary.`,
      );
  }
}

/** Answers with more than four summaries shorten goals, and mark that with "…". */
function isGoal(written: string | null, goal: string | null): boolean {
  if (goal === null || written === null) return written === goal;
  const isShortened = written.endsWith("…") && written.length > 1 && goal.startsWith(written.slice(0, -1).trimEnd());
  return oneSpaced(written) === oneSpaced(goal) || isShortened;
}

function checkValues({ traces, block }: Plan, summaries: readonly SummaryFacts[], addProblem: AddProblem): void {
  if (block === null) return;
  const inOrder = traces.map(({ traceId }) => summaries.find(({ trace_id }) => trace_id === traceId));
  for (const { text, metric } of CRITERIA) {
    const expected = inOrder.map((facts) => String(facts?.metrics[metric] ?? NOT_RECORDED)).join(", ");
    const values = readAudited(block.criteria, text);
    if (values !== null && values.join(", ") !== expected)
      addProblem(
        `The criterion "${text}" has to end with "${AUDITED.trim()} ${expected}.", the values of \`metrics.${metric}\` in the summaries; it says ${quote(values.join(", "))}.`,
      );
  }
}

function checkIssues(
  { issues, rootCauses, noChange, block }: Plan,
  diagnosis: Diagnosis,
  summaries: readonly SummaryFacts[],
  addProblem: AddProblem,
): void {
  if (diagnosis.issues.length === 0 && (issues.length > 0 || block !== null))
    addProblem(
      `The diagnosis has no issue, so the plan has none: Observed Issues says "None." and there is no /plop block.`,
    );
  const { no_issue_reason: reason } = diagnosis;
  if (reason !== undefined && noChange.some((written) => oneSpaced(written) !== oneSpaced(reason)))
    addProblem(
      `Root Causes and Proposed Changes have to say "${NO_CHANGE} ${reason}", the \`no_issue_reason\` of the diagnosis.`,
    );
  for (const [at, issue] of diagnosis.issues.entries()) {
    const expected = toIssueLines(issue, summaries);
    if (!expected.includes(oneSpaced(issues[at] ?? "")))
      addProblem(
        `Observed Issues lacks issue ${at + 1} of the diagnosis. Line ${at + 1} has to be "${at + 1}. ${expected[0] ?? ""}".`,
      );
    if (oneSpaced(rootCauses[at] ?? "") !== oneSpaced(issue.root_cause))
      addProblem(`Root Causes: line ${at + 1} has to be "${at + 1}. ${issue.root_cause}", as in the diagnosis.`);
  }
  if (issues.length > diagnosis.issues.length && diagnosis.issues.length > 0)
    addProblem(
      `Observed Issues has ${issues.length} lines; the diagnosis has ${diagnosis.issues.length} issues. Invent none.`,
    );
}

/**
 * The lines that stand for an issue, the recommended one first. K of `seen in K/N traces` is how many summaries show one
 * of the cited pieces of evidence; a single trace may leave the share out.
 */
function toIssueLines({ symptom, evidence }: Issue, summaries: readonly SummaryFacts[]): readonly string[] {
  const base = `${oneSpaced(symptom)} (evidence: ${evidence.join(", ")}`;
  const counts = [...new Set(evidence.map((name) => countEvidence(name, summaries)))];
  const shares = counts.map((count) => `${base}, seen in ${count}/${summaries.length} traces)`);
  return summaries.length > 1 ? shares : [...shares, `${base})`, `${base}, seen in 1/1 trace)`];
}

function checkChanges(plan: Plan, { issues }: Diagnosis, translation: Translation, addProblem: AddProblem): void {
  const steps = plan.block?.steps.filter((step) => step !== LAST_STEP).map(readStep) ?? [];
  if (plan.block !== null && steps.length !== plan.changes.length)
    addProblem(
      `There are ${plan.changes.length} changes and ${steps.length} steps before the last; each change is one step, in their order.`,
    );
  const left = [...translation.changes];
  for (const [at, { title, file, change, addresses, confidence, risk }] of plan.changes.entries()) {
    const found = left.findIndex((one) => one.file === file && oneSpaced(one.title) === oneSpaced(title));
    const wanted = left[found];
    if (wanted === undefined) {
      addProblem(
        `Change ${at + 1}, ${quote(title)} in ${quote(file)}, is not one of the translation. They are: ${list(translation.changes)}.`,
      );
      continue;
    }
    left.splice(found, 1);
    const numbers = wanted.addresses.map((index) => index + 1);
    const lowest = Math.min(...wanted.addresses.map((index) => issues[index]?.confidence ?? 0));
    if (!isMadeOf(change, wanted.constraints))
      addProblem(`Change ${at + 1} has to say "${wanted.constraints.join(" ")}", as in the translation.`);
    if (addresses.toSorted(byValue).join() !== numbers.toSorted(byValue).join())
      addProblem(`Change ${at + 1} has to say "Addresses: issue ${numbers.join(", ")}".`);
    if (confidence !== lowest)
      addProblem(`Change ${at + 1} has to say "Confidence: ${lowest}", the lowest of its issues.`);
    if (risk !== wanted.risk) addProblem(`Change ${at + 1} has to say "Risk: ${wanted.risk}", as in the translation.`);
    const step = steps[at];
    if (step && (step.file !== file || !isMadeOf(step.text, wanted.constraints)))
      addProblem(`Step ${at + 1} has to be "In ${file}: ${wanted.constraints.join(" ")}", as change ${at + 1}.`);
  }
  for (const { title, file } of left)
    addProblem(`The change ${quote(title)} in ${quote(file)} of the translation is missing.`);
  for (const file of plan.files)
    if (!translation.files_to_change.includes(file)) addProblem(`${quote(file)} is no file of the translation.`);
}

function list(changes: readonly Change[]): string {
  return changes.map(({ title, file }) => `${quote(title)} in ${quote(file)}`).join(", ");
}

/** Whether a line consists of these sentences, in their order, with nothing between but separators. */
function isMadeOf(line: string, sentences: readonly string[]): boolean {
  let rest = oneSpaced(line);
  for (const sentence of sentences.map(oneSpaced)) {
    const stripped = rest.replace(/^[\s;,/|·-]+/u, "");
    const start = stripped.startsWith(sentence) ? stripped : rest;
    if (!start.startsWith(sentence)) return false;
    rest = start.slice(sentence.length);
  }
  return /^[\s;,.]*$/u.test(rest);
}

function oneSpaced(text: string): string {
  return text.replace(/\s+/gu, " ").trim();
}

function byValue(left: number, right: number): number {
  return left - right;
}
