import { ENGINEER, SPECIALIST } from "../agents.ts";

// What the main agent is told between the steps of an audit. Each note is one step, and the next comes with its result, so
// that an audit stops where a hook does not run.

const NAME = "trace-audit:";
const HOOKS_RAN_IN_PART =
  "a part of its hooks did not run. Say to the human that trace-audit's hooks ran in part only, so that nothing was written; that the settings may switch them off; and that they can type /audit again once `/hooks` lists them. Then stop.";

/** The first step, told beside the command's text. `selector` is what the human typed. */
export function firstStep(selector: string): string {
  return `${NAME} the hooks run, and are the clerk of this audit: they hand each agent what it needs, keep its answer and write the plan. You write nothing. Now:
1. Call fetch_trace with ${JSON.stringify(selector)}.
2. Call write_summary once, with every \`trace_id\` of its \`summaries\`.
If a call fails, show its message unchanged and stop: no second try, no other trace. With the result of write_summary comes the next step. Where none comes, ${HOOKS_RAN_IN_PART}`;
}

/** The step after a call of fetch_trace with a selector that the human did not type. */
export function stepAfterOtherSelector(selector: string): string {
  return `${NAME} that is not what the human wants audited, and counts for nothing. Call fetch_trace with ${JSON.stringify(selector)}.`;
}

/** What became of the summaries: how many are there, and the ids that fetch_trace returned and nobody asked for yet. */
export type Summaries = { readonly written: number; readonly missing: readonly string[] };

/** The step after write_summary. */
export function stepAfterSummaries({ written, missing }: Summaries): string {
  if (missing.length > 0)
    return `${NAME} not every trace that fetch_trace returned has its summary. Call write_summary with these too: ${JSON.stringify(missing)}`;
  const what = written === 1 ? "the summary is" : `${written} summaries are`;
  return `${NAME} ${what} written. ${delegate(ENGINEER, "Diagnose these summaries.")}`;
}

/** The step after an accepted diagnosis that has issues. */
export function stepAfterDiagnosis(issues: number): string {
  const what = issues === 1 ? "one issue" : `${issues} issues`;
  return `${NAME} the diagnosis is accepted, with ${what}. ${delegate(SPECIALIST, "Translate this diagnosis.")}`;
}

function delegate(agent: string, prompt: string): string {
  return `Call Agent with subagent_type "${agent}", run_in_background false and the prompt "${prompt}", and add nothing: the clerk does.`;
}

/** The last step: the plan lies there, and these are the words for the human. */
export function lastStep(words: string): string {
  return `${NAME} the plan is written, and the audit is over. Say exactly the following to the human, add nothing, and stop: call no tool.\n\n${words}`;
}

/** The plan could not be written, for a reason in words. */
export function stopWithoutPlan(reason: string): string {
  return `${NAME} there is no plan. Show this to the human unchanged and stop, without a plan of your own:\n\n${reason}`;
}

/** How the answer of an agent ended that the audit could not use. */
export type Unusable = {
  readonly agent: string;
  /** Its last answer; null when it is not known. */
  readonly answer: string | null;
  /** Why that was refused; none when it gave no answer. */
  readonly reasons: readonly string[];
};

const MAX_ANSWER = 1500;
const MAX_REASONS = 5;

/** What the human is told when an agent ended without an answer that the audit can use. */
export function explainUnusable({ agent, answer, reasons }: Unusable): string {
  const said = answer === null || answer.trim() === "" ? null : answer.trim();
  return [
    `${agent} ended without an answer that the audit can use, so no plan was written. A plan that lies there is as it was. Type /audit again for another try.`,
    ...(reasons.length === 0
      ? []
      : [`Its last answer was refused:`, ...reasons.slice(0, MAX_REASONS).map((one) => `- ${one}`)]),
    ...(said === null ? [] : [`It said: ${said.length > MAX_ANSWER ? `${said.slice(0, MAX_ANSWER)}…` : said}`]),
  ].join("\n");
}

/** An agent ran whose input the clerk did not give it. */
export function stopUnhanded(agent: string): string {
  return `${NAME} ${agent} ran without its input: ${HOOKS_RAN_IN_PART}`;
}
