import type { Diagnosis } from "../answers/prompt-engineer.ts";
import type { Change, Translation } from "../answers/refactoring-specialist.ts";
import type { SummaryFacts } from "../evidence/summary-facts.ts";
import { PLAN_PATH } from "../layout/places.ts";
import type { PromptFile } from "../instructions/prompt-file.ts";
import { statesFault } from "../../trace/values/objection.ts";
import { tellNotes } from "./notes.ts";
import { endSentence, quoteText, showStart, showText } from "./show.ts";
import { truncate } from "../../trace/values/names.ts";
import { renderUnseen } from "./unseen.ts";
import { NOTE } from "./wording.ts";

/** What the closing words are made of. */
export type ClosingParts = {
  readonly facts: readonly SummaryFacts[];
  readonly diagnosis: Diagnosis;
  /** Null when the diagnosis has no issue. */
  readonly translation: Translation | null;
  /** The prompt files as they were shown to the agents. */
  readonly files: readonly PromptFile[];
  /** What fetch_trace passed over, with its reasons; an entry without an id counts runs. */
  readonly skipped: readonly { readonly trace_id: string; readonly reason: string }[];
  /** The kept plan of one that lay there unexecuted, relative to the project; null when there was none. */
  readonly replaced: { readonly file: string; readonly isEdited: boolean } | null;
  /** What a comparison came to, in one sentence; null without one. */
  readonly comparison: string | null;
};

const MAX_LINE = 400;
const MAX_SENTENCE = 300;
/** So many words of a symptom tell it from others of its kind. */
const SYMPTOM = 6;

/** What the human is told at the end of an audit: at most seven lines and one for each change, each of at most 400 characters or so. */
export function renderClosingWords(parts: ClosingParts): string {
  const { facts, diagnosis, translation, files, skipped, replaced, comparison } = parts;
  const lines = [
    `Audited ${tellAudited(facts)}.${skipped.length === 0 ? "" : ` ${tellSkipped(skipped)}`}`,
    ...tellIssues(diagnosis, facts),
    ...(diagnosis.issues.length === 0 ? [] : (translation?.changes ?? []).map(tellChange)),
    comparison ?? "",
    [...tellNotes(diagnosis, translation, files).map((note) => `${NOTE}${note}`), tellOrders(facts)]
      .filter((part) => part !== "")
      .join(" "),
    replaced === null
      ? ""
      : `The plan that lay there was not executed${replaced.isEdited ? ", and it had been edited" : ""}: it is kept as ${replaced.file}.`,
    `The plan is at ${PLAN_PATH}. ${diagnosis.issues.length === 0 ? "It changes nothing, so there is nothing to hand over." : "Review it, then type /plop to hand it over."}`,
    tellSession(facts),
  ];
  return lines.filter((line) => line !== "").join("\n");
}

function tellAudited(facts: readonly SummaryFacts[]): string {
  const [only] = facts;
  if (facts.length !== 1 || only === undefined) return `${facts.length} traces`;
  const { trace_id, scope, turns: rows, turns_folded, goal } = only;
  const turns = rows.length + turns_folded;
  const what =
    scope === "session"
      ? `${showText(trace_id)}, ${turns} ${turns === 1 ? "turn" : "turns"}`
      : `trace ${showText(trace_id)}`;
  return goal === null ? what : `${what}: ${quoteText(goal, 100)}`;
}

/** How many for which reason, the most frequent first. */
function tellSkipped(skipped: ClosingParts["skipped"]): string {
  const counts = new Map<string, number>();
  for (const { reason } of skipped) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const sorted = [...counts].toSorted(([, left], [, right]) => right - left);
  const shown = sorted
    .slice(0, 3)
    .map(([reason, count]) => `${count} (${showText(truncate(reason, 80)).replace(/\.$/u, "")})`);
  return `Skipped: ${shown.join(", ")}${sorted.length > 3 ? " and others" : ""}.`;
}

function tellIssues({ issues, no_issue_reason }: Diagnosis, facts: readonly SummaryFacts[]): readonly string[] {
  if (issues.length > 0) {
    const found = issues.map(
      ({ kind, symptom, confidence }) => `${kind}, “${showStart(symptom, SYMPTOM)}” (${confidence})`,
    );
    return [
      `${issues.length} ${issues.length === 1 ? "issue" : "issues"}, with the confidence of each: ${found.join("; ")}.`,
    ];
  }
  const reason = truncate(no_issue_reason ?? "the summaries show nothing that an instruction caused", MAX_LINE);
  return [`No issue: ${endSentence(showText(reason))} ${renderUnseen(facts)}`.trim()];
}

/** The sentence itself, so that a human knows what would change without opening the plan. */
function tellChange({ file, replaces, constraints }: Change): string {
  const where = replaces === undefined ? file : `${replaces}, replaced`;
  return `- ${showText(where)}: ${quoteText(constraints.join(" "), MAX_SENTENCE)}`;
}

/** Addressed to whoever audits, not to the agent that was audited. */
const ORDERS = [
  /\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instructions?|rules?|prompts?|above|previous|findings?)\b/iu,
  /\b(?:report|say|answer|set|give|output|conclude|return|state|claim)\b.{0,40}\b(?:no issues?|confidence|root causes?|diagnosis|nothing went wrong)\b/iu,
  /\b(?:auditors?|prompt-engineer|refactoring-specialist)\b/iu,
  /<\/?\s*(?:system|instructions?|assistant)\b/iu,
];

/** Texts of a trace that read like an instruction to the audit: quoted, for the human to judge. */
function tellOrders(facts: readonly SummaryFacts[]): string {
  const said = facts.flatMap(({ goal, turns }) => [
    goal ?? "",
    ...turns.flatMap(({ human, did, refused, unchecked }) => [human ?? "", refused ?? "", ...did, ...unchecked]),
  ]);
  const odd = [...new Set(said)].filter((text) => ORDERS.some((order) => order.test(text)));
  const [first] = odd;
  if (first === undefined) return "";
  const more = odd.length > 1 ? ` and ${odd.length - 1} more` : "";
  return `Reads like an instruction to an audit, and was treated as data: ${quoteText(first, 120)}${more}.`;
}

/** A turn alone tells little: when the session has others, how to audit them all; "" where it has none. */
export function tellSession(facts: readonly SummaryFacts[]): string {
  const [only] = facts;
  if (facts.length !== 1 || only === undefined || only.scope !== "turn") return "";
  const { earlier_turns, turns, session_id } = only;
  const beside = turns.filter(({ end, did }) => end === null && did.length === 0).length;
  if (session_id === null || Math.max(earlier_turns ?? 0, beside) === 0) return "";
  const after = earlier_turns === null || earlier_turns === 0 ? "" : `, after ${earlier_turns} others`;
  const prompt = turns.find(({ end, did }) => end !== null || did.length > 0)?.human ?? null;
  // Whoever is asked to repair is audited for the repair.
  const repair =
    statesFault(prompt) === true
      ? ` Its prompt, ${quoteText(prompt ?? "", 120)}, is about what went wrong before it.`
      : "";
  return `This is one turn of a longer session${after}.${repair} /audit session:${showText(session_id)} takes all its turns.`;
}
