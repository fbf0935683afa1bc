import { quote } from "../answers/form.ts";
import type { PromptFile } from "../instructions/prompt-file.ts";
import type { SummaryFacts } from "../evidence/summary-facts.ts";
import { criteriaOfIssues } from "./criteria-of-issues.ts";
import { parsePlan } from "./parse.ts";
import type { Block, Plan } from "./plan.ts";
import { readStep, stepOf, type ReadStep } from "./step.ts";
import { ACCEPTANCE, AUDITED, HEADINGS, LAST_STEP, STEPS } from "./wording.ts";

/**
 * Whether the steps of a plan say what its changes say. `rewritten`: the steps were left as they were when the changes were
 * edited, and `text` is the plan with steps that follow. `differ`: a human wrote a step that no change says.
 */
export type Followed =
  | { readonly is: "agree" }
  | { readonly is: "rewritten"; readonly text: string }
  | { readonly is: "differ"; readonly problems: readonly string[] };

/** What an edited plan is looked at beside. */
export type Beside = {
  /** The kept plan about the same traces; null without one. */
  readonly kept: Plan | null;
  /** The prompt files as they are. */
  readonly files: readonly PromptFile[];
  /** The summaries of the plan's traces, as far as they can be read. */
  readonly facts: readonly SummaryFacts[];
};

/**
 * A change stands in a plan twice, for the human and as a step of the block. Makes the steps follow from the changes, unless
 * a human wrote steps of their own: what would be executed is never another thing than what was reviewed.
 */
export function followChanges(text: string, { kept, files, facts }: Beside): Followed {
  const { plan } = parsePlan(text);
  if (plan.block === null) return { is: "agree" };
  const wanted = plan.changes.map((change) => stepOf(change, files));
  const written = stepsOf(plan.block);
  const isSame = wanted.length === written.length && wanted.every((step, at) => says(written[at], step));
  if (isSame) return { is: "agree" };
  const known = kept?.block == null ? [] : stepsOf(kept.block);
  const own = written.filter((step) => !known.includes(step) && !wanted.some((one) => says(step, one)));
  if (own.length > 0) return { is: "differ", problems: own.map((step) => explain(step, written.indexOf(step), plan)) };
  const steps = wanted.map((step) => headOf(step, [...written, ...known]) + step.text);
  return { is: "rewritten", text: write(text, steps, plan, kept, facts) };
}

function stepsOf({ steps }: Block): readonly string[] {
  return steps.filter((step) => step !== LAST_STEP);
}

function says(written: string | undefined, step: ReadStep): boolean {
  const read = written === undefined ? null : readStep(written);
  if (read === null || read.file !== step.file || flat(read.text) !== flat(step.text)) return false;
  return read.where === null || step.where === null || read.where === step.where;
}

/** The words of a text as a plan can show them. */
function flat(text: string): string {
  return text.replaceAll(/[\p{Default_Ignorable_Code_Point}\s]+/gu, " ").trim();
}

/** As a step of the same place has it, which quotes its line as it was at the audit. */
function headOf({ file, where, head }: ReadStep, known: readonly string[]): string {
  const same = known.map(readStep).find((step) => step !== null && step.file === file && step.where === where);
  return same?.head ?? head;
}

function explain(step: string, at: number, { changes }: Plan): string {
  const change = changes[at];
  const said =
    change === undefined
      ? `there is no change ${at + 1}`
      : `change ${at + 1} says ${quote(change.constraints.join(" "))} for ${change.file}${change.place === null ? "" : `, ${change.place}`}`;
  return `step ${at + 1} says ${quote(step)}, and ${said}. Make the change say it, or delete the step: steps that are missing are written from the changes`;
}

function write(
  text: string,
  steps: readonly string[],
  plan: Plan,
  kept: Plan | null,
  facts: readonly SummaryFacts[],
): string {
  const dropped = droppedCriteria(plan, kept, facts);
  const files = droppedFiles(plan, kept);
  let heading = "";
  let part = "";
  return text
    .replaceAll(/\r\n?/gu, "\n")
    .split("\n")
    .flatMap((line) => {
      const bare = line.trimEnd();
      if (/^#{1,2}(?:\s|$)/u.test(line)) [heading, part] = [bare, ""];
      if (heading === HEADINGS[4] && files.some((file) => bare === `- ${file}`)) return [];
      if (heading !== HEADINGS[5]) return [line];
      if (bare === STEPS || bare === ACCEPTANCE) part = bare;
      if (bare === STEPS) return [STEPS, ...[...steps, LAST_STEP].map((step, at) => `${at + 1}. ${step}`), ""];
      if (part === STEPS) return [];
      return part === ACCEPTANCE && dropped.some((criterion) => bare.startsWith(`- ${criterion}`)) ? [] : [line];
    })
    .join("\n");
}

/** The criteria of issues that a change addressed at the audit and none does in the edited plan, up to the audited numbers. */
function droppedCriteria(plan: Plan, kept: Plan | null, facts: readonly SummaryFacts[]): readonly string[] {
  if (kept === null || facts.length === 0) return [];
  const issuesOf = ({ issues, changes }: Plan): readonly string[] =>
    issues.filter((_, at) => changes.some(({ addresses }) => addresses.includes(at + 1)));
  const still = issuesOf(plan);
  const left = new Set(criteriaOfIssues(still, facts));
  const gone = issuesOf(kept).filter((issue) => !still.includes(issue));
  return criteriaOfIssues(gone, facts)
    .filter((criterion) => !left.has(criterion))
    .map((criterion) => criterion + AUDITED);
}

/** The files that the audit listed for a change, and that no change needs. */
function droppedFiles({ changes }: Plan, kept: Plan | null): readonly string[] {
  const still = changes.map(({ file }) => file);
  return (kept?.changes ?? []).map(({ file }) => file).filter((file) => !still.includes(file));
}
