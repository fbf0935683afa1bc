import type { Diagnosis, Issue } from "../answers/prompt-engineer.ts";
import { linesAt } from "../answers/place.ts";
import { RISKS, type Change, type Translation } from "../answers/refactoring-specialist.ts";
import type { SummaryFacts } from "../evidence/summary-facts.ts";
import type { PromptFile } from "../instructions/prompt-file.ts";
import { toSeen } from "../instructions/seen.ts";
import { toSearched } from "../instructions/show-instructions.ts";
import { toCriteria } from "./choose-criteria.ts";
import { countShowing, referTo, tellEvidence } from "./evidence.ts";
import { tellNotes } from "./notes.ts";
import { renderOverview } from "./overview.ts";
import { endSentence, quoteText, showText } from "./show.ts";
import { toSteps } from "./steps.ts";
import { renderUnseen } from "./unseen.ts";
import {
  ACCEPTANCE,
  COMPARISON,
  DATE,
  GUARDRAILS,
  HEADINGS,
  LAST_STEP,
  NO_CHANGE,
  NONE,
  NOTE,
  NOT_RECORDED,
  STEPS,
  TITLE,
} from "./wording.ts";

/** What a plan is made of. */
export type PlanParts = {
  /** The summaries of the audit, in the order of Source Trace. */
  readonly facts: readonly SummaryFacts[];
  readonly diagnosis: Diagnosis;
  /** Null when the diagnosis has no issue. */
  readonly translation: Translation | null;
  /** The prompt files as they were shown to the agents. */
  readonly files: readonly PromptFile[];
  /** The lines below `## Comparison with Previous Audits`; without lines there is no such section. */
  readonly comparison: readonly string[];
};

/** The markdown of docs/audit/IMPLEMENTATION_PLAN.md. */
export function renderPlan({ facts, diagnosis, translation, files, comparison }: PlanParts): string {
  const { issues } = diagnosis;
  const changes = issues.length === 0 || translation === null ? [] : sortChanges(translation.changes, issues);
  const [source, observed, causes, proposed, modified, prompt] = HEADINGS;
  const paths = [...new Set(changes.map(({ file }) => file))];
  const isEmpty = changes.length === 0;
  const searched = toSearched(files, toSeen(facts));
  const sections: readonly (readonly [string, readonly string[]])[] = [
    [TITLE, renderOverview(changes, issues, (change) => confidenceOf(change, issues))],
    [source, facts.flatMap(toSource)],
    ...(comparison.length === 0 ? [] : [[COMPARISON, comparison] as const]),
    [
      observed,
      [
        ...(isEmpty ? [NONE] : numbered(issues.map((issue) => toIssueLine(issue, facts)))),
        ...tellNotes(diagnosis, translation, files).flatMap((note) => ["", `${NOTE}${note}`]),
        ...(isEmpty ? [] : ["", ...tellEvidence(issues, facts).map((line) => `- ${line}`)]),
      ],
    ],
    [causes, isEmpty ? toReason(diagnosis, facts) : numbered(issues.map(({ root_cause }) => showText(root_cause)))],
    [
      proposed,
      isEmpty ? [NONE] : changes.flatMap((change, at) => toChangeLines(change, at + 1, issues, facts, files, searched)),
    ],
    [modified, isEmpty ? [NONE] : paths.map((file) => `- ${file}`)],
    [
      prompt,
      isEmpty ? GUARDRAILS : [...GUARDRAILS, "", ...toBlock(translation?.goal ?? "", changes, issues, facts, files)],
    ],
  ];
  return `${sections.map(([heading, lines]) => [heading, ...(lines.length === 0 ? [] : ["", ...trimBlank(lines)])].join("\n")).join("\n\n")}\n`;
}

/** Highest confidence first, then the lowest risk; equal ones as they came. */
function sortChanges(changes: readonly Change[], issues: readonly Issue[]): readonly Change[] {
  return changes.toSorted(
    (left, right) =>
      confidenceOf(right, issues) - confidenceOf(left, issues) || RISKS.indexOf(left.risk) - RISKS.indexOf(right.risk),
  );
}

/** The lowest of the issues that a change addresses, in hundredths. */
function confidenceOf({ addresses }: Change, issues: readonly Issue[]): number {
  return Math.round(Math.min(...addresses.map((at) => issues[at]?.confidence ?? 0)) * 100) / 100;
}

function toSource({ trace_id, goal, started_at }: SummaryFacts): readonly string[] {
  return [
    `- Trace ID: ${showText(trace_id)}`,
    `- Goal: ${goal === null ? NOT_RECORDED : showText(goal) || NOT_RECORDED}`,
    `- Date: ${started_at !== null && DATE.test(started_at) ? started_at : NOT_RECORDED}`,
    "",
  ];
}

function toIssueLine(issue: Issue, facts: readonly SummaryFacts[]): string {
  const { kind, symptom, evidence } = issue;
  const share = facts.length > 1 ? `, seen in ${countShowing(issue, facts)}/${facts.length} traces` : "";
  // What recurs is named by its kind: the evidence of the changes tells the entries, whose words can be any.
  const names = new Set(evidence.map((name) => name.replace(/^(recurring:\w+):.*$/su, "$1")));
  return `\`${kind}\`: ${showText(symptom)} (evidence: ${[...names].join(", ")}${share})`;
}

function toReason({ no_issue_reason }: Diagnosis, facts: readonly SummaryFacts[]): readonly string[] {
  const reason = no_issue_reason ?? "the summaries show nothing that an instruction caused";
  return [`${NO_CHANGE} ${endSentence(showText(reason))} ${renderUnseen(facts)}`.trim()];
}

function toChangeLines(
  change: Change,
  number: number,
  issues: readonly Issue[],
  facts: readonly SummaryFacts[],
  files: readonly PromptFile[],
  searched: (path: string) => string,
): readonly string[] {
  const addressed = change.addresses.flatMap((at) => issues[at] ?? []);
  return [
    `### ${number}. ${showText(change.title)}`,
    "",
    `- File: ${change.file}`,
    `- Place: ${tellPlace(change, files)}`,
    `- Today: ${tellToday(change, addressed, files, searched)}`,
    ...change.constraints.map((constraint) => `- Change: ${showText(constraint)}`),
    ...addressed.map((issue) => `- Evidence: ${showText(issue.symptom)}: ${referTo(issue, facts)}, above`),
    `- Addresses: issue ${change.addresses.map((at) => at + 1).join(", ")}`,
    `- Confidence: ${confidenceOf(change, issues)}`,
    `- Risk: ${change.risk}${change.risk_reason === undefined ? "" : `: ${showText(change.risk_reason)}`}`,
    "",
  ];
}

const MAX_QUOTED = 160;

function tellPlace({ place, replaces }: Change, files: readonly PromptFile[]): string {
  if (replaces !== undefined) return `in place of ${replaces}`;
  if (place === "at the end") return "at the file's end";
  const [line] = linesAt(files, place.replace(/^below /u, ""));
  return line === undefined ? place : `${place}, ${quoteText(line, 80)}`;
}

/** What the instructions say today: the line that is replaced, the lines that the diagnosis names, or that there is none. */
function tellToday(
  { file, place, replaces }: Change,
  addressed: readonly Issue[],
  files: readonly PromptFile[],
  searched: (path: string) => string,
): string {
  const named = addressed.flatMap(({ instruction }) => instruction.where ?? []);
  const quoted = [...new Set([...(replaces === undefined ? [] : [replaces]), ...named])].flatMap((where) => {
    const lines = linesAt(files, where);
    const state = addressed.find(({ instruction }) => instruction.where?.includes(where) === true)?.instruction.state;
    const how = state === undefined ? "" : ` (${state.replace("_", " ")})`;
    const of = where === replaces ? "" : `${where} says `;
    return lines.length === 0 ? [] : [`${of}${quoteText(lines.join(" "), MAX_QUOTED)}${how}`];
  });
  if (quoted.length > 0) return quoted.join("; ");
  if (place === "new file") return "no such file";
  return addressed.every(({ instruction }) => instruction.state === "unknown") ? "not known" : searched(file);
}

function toBlock(
  goal: string,
  changes: readonly Change[],
  issues: readonly Issue[],
  facts: readonly SummaryFacts[],
  files: readonly PromptFile[],
): readonly string[] {
  return [
    "/plop",
    "",
    `Goal: ${goal}`,
    "",
    STEPS,
    ...numbered([...toSteps(changes, files), LAST_STEP]),
    "",
    ACCEPTANCE,
    ...toCriteria(changes, issues, facts).map((criterion) => `- ${criterion}`),
  ];
}

function numbered(lines: readonly string[]): readonly string[] {
  return lines.map((line, at) => `${at + 1}. ${line}`);
}

function trimBlank(lines: readonly string[]): readonly string[] {
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}
