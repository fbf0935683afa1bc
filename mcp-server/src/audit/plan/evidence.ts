import type { Issue } from "../answers/prompt-engineer.ts";
import type { RecurringRow, TurnRow } from "../evidence/rows.ts";
import { tellAfterwards } from "../evidence/afterwards.ts";
import { AFTERWARDS, type SummaryFacts } from "../evidence/summary-facts.ts";
import { quoteText, showText } from "./show.ts";
import { truncate } from "../../trace/values/names.ts";

/** One screen a change: so many pieces of evidence are told, and of a row so many steps. */
const MAX_PIECES = 6;
const MAX_STEPS = 3;
const MAX_WORDS = 100;
const MAX_DETAIL = 120;

/**
 * What these issues cite, in words, one line each: rows first, in the order of the summaries. Of too many those that share
 * most words with the symptoms.
 */
export function tellEvidence(issues: readonly Issue[], facts: readonly SummaryFacts[]): readonly string[] {
  const cited = [...new Set(issues.flatMap(({ evidence }) => evidence))];
  const words = wordsOf(issues.map(({ symptom }) => symptom).join(" "));
  const rows = pickRows(cited, words, facts).map(({ summary, row, next }) =>
    tellRow(row, next, summary.goal, words, facts.length > 1 ? `${shortId(summary.trace_id)} ` : ""),
  );
  const named = wordsOf(issues.map(({ symptom, recommendation }) => `${symptom} ${recommendation}`).join(" "));
  const others = cited.filter((name) => !name.startsWith(TURN)).flatMap((name) => tellOther(name, named, facts));
  const all = [...rows, ...others];
  if (all.length <= MAX_PIECES) return all;
  const shared = all.map((piece) => countShared(piece, words));
  const kept = new Set(
    [...all.keys()]
      .toSorted((left, right) => (shared[right] ?? 0) - (shared[left] ?? 0) || left - right)
      .slice(0, MAX_PIECES),
  );
  return [...all.filter((_piece, at) => kept.has(at)), `${all.length - MAX_PIECES} more`];
}

/** How many of the summaries show what an issue cites; metrics count only where nothing else is cited, as all have them. */
export function countShowing({ evidence, symptom }: Issue, facts: readonly SummaryFacts[]): number {
  const rows = pickRows(evidence, wordsOf(symptom), facts).map(({ summary }) => summary);
  const named = evidence.filter((name) => !name.startsWith(TURN));
  const own = named.filter((name) => !name.startsWith(METRIC));
  const names = rows.length + own.length > 0 ? own : named;
  return new Set([...rows, ...facts.filter((one) => names.some((name) => one.evidence.has(name)))]).size;
}

const TURN = "turn:";
const RECURRING = "recurring:";
const METRIC = "metrics.";

type Picked = { readonly summary: SummaryFacts; readonly row: TurnRow; readonly next: TurnRow | null };

/**
 * The cited rows. In a sample several sessions have a row of one number: of these the ones that share most words with the
 * symptom are meant.
 */
function pickRows(
  cited: readonly string[],
  words: ReadonlySet<string>,
  facts: readonly SummaryFacts[],
): readonly Picked[] {
  const best = new Set(
    cited.flatMap((name) => {
      const alike = facts.flatMap((summary) =>
        summary.turns
          .filter(({ turn }) => `${TURN}${turn}` === name)
          .map((row) => ({ row, score: countShared(JSON.stringify(row), words) })),
      );
      const most = Math.max(0, ...alike.map(({ score }) => score));
      return alike.filter(({ score }) => score === most).map(({ row }) => row);
    }),
  );
  return facts.flatMap((summary) =>
    summary.turns.flatMap((row, at) => {
      const next = summary.turns[at + 1] ?? null;
      const isFollowed = next !== null && next.turn !== null && next.turn === (row.turn ?? NaN) + 1;
      return best.has(row) ? [{ summary, row, next: isFollowed && !best.has(next) ? next : null }] : [];
    }),
  );
}

function countShared(text: string, words: ReadonlySet<string>): number {
  return [...wordsOf(text)].filter((word) => words.has(word)).length;
}

function wordsOf(text: string): ReadonlySet<string> {
  return new Set(text.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu));
}

/** A row in words: what the human said, unless Source Trace has it as the goal, what tells of what was done, what was left open, how it ended, what the human said then. */
function tellRow(
  row: TurnRow,
  next: TurnRow | null,
  goal: string | null,
  words: ReadonlySet<string>,
  of: string,
): string {
  const { turn, human, did, unchecked, git, refused, end } = row;
  const parts = [
    human === null ? "" : human === goal ? "the goal" : `human: ${quoteText(human, MAX_WORDS)}`,
    ...tellSteps(refused === null ? did : did.filter((step) => !step.startsWith("REFUSED ")), words),
    unchecked.length === 0 ? "" : `unchecked: ${showText(truncate(unchecked.join(", "), MAX_DETAIL))}`,
    ...git.map((note) => showText(truncate(note, MAX_DETAIL))),
    refused === null ? "" : `refused ${showText(truncate(refused, MAX_DETAIL))}`,
    ENDS.get(end ?? "") ?? "",
    // Words of a refusal are the human's own already.
    next === null || next.human === null || refused?.includes('"') === true
      ? ""
      : `then the human: ${quoteText(next.human, MAX_WORDS)}`,
  ];
  return `${of}turn ${turn ?? "(number not known)"}: ${parts.filter((part) => part !== "").join("; ")}`;
}

/** The ends that tell something. */
const ENDS: ReadonlyMap<string, string> = new Map([
  ["asked", "ended with a question"],
  ["interrupted", "interrupted"],
  ["api_error", "ended by an API error"],
  ["cut_off", "cut off"],
]);

/**
 * The steps that tell most, in their order: those that share words with the symptom, then what failed, checks, commits and
 * changes.
 */
function tellSteps(did: readonly string[], words: ReadonlySet<string>): readonly string[] {
  const scores = did.map((step) => tells(step) + 3 * Math.min(3, countShared(step, words)));
  const isTelling = scores.some((score) => score >= 2);
  const kept = [...did.keys()]
    .filter((at) => (scores[at] ?? 0) >= 2 || !isTelling)
    .toSorted((left, right) => (scores[right] ?? 0) - (scores[left] ?? 0) || left - right)
    .slice(0, MAX_STEPS);
  return did.filter((_step, at) => kept.includes(at)).map((step) => showText(truncate(step, MAX_DETAIL)));
}

function tells(step: string): number {
  if (/\bFAILED\b|\bfailed\b|\bREFUSED\b|exit hidden/u.test(step)) return 5;
  if (/^(?:test|lint|build) |^git (?:commit|push)|^gh /u.test(step)) return 4;
  if (/^(?:edit|write|run) /u.test(step)) return 3;
  return /^(?:explore|wait|format|git|…)/u.test(step) ? 1 : 2;
}

function tellOther(name: string, named: ReadonlySet<string>, facts: readonly SummaryFacts[]): readonly string[] {
  const showing = facts.filter(({ evidence }) => evidence.has(name));
  const share = facts.length > 1 ? ` (in ${showing.length} of ${facts.length} traces)` : "";
  if (name.startsWith(METRIC)) {
    const metric = name.slice(METRIC.length);
    return [
      `${metric.replaceAll("_", " ")}: ${showing
        .map(({ metrics }) => String(metrics[metric]))
        .slice(0, 8)
        .join(", ")}`,
    ];
  }
  if (name === AFTERWARDS) {
    const turns = showing.length > 1 ? [] : showing.flatMap(({ afterwards }) => afterwards?.reverted_turns ?? []);
    const of = turns.length === 0 ? "" : ` (turn ${turns.join(", ")})`;
    return [`git afterwards: ${tellAfterwards(showing.map(({ afterwards }) => afterwards)) ?? ""}${of}`];
  }
  if (name.startsWith(RECURRING)) {
    const kind = name.slice(RECURRING.length);
    const all = showing.flatMap(({ recurring }) => recurring.filter((one) => one.kind === kind));
    const meant = new Set(pickNamed(all, named));
    return showing.flatMap(({ recurring, trace_id }) =>
      recurring
        .filter((one) => meant.has(one))
        .slice(0, 3)
        .map(({ what, turns }) => {
          const of = facts.length > 1 ? `${shortId(trace_id)} ` : "";
          return `${of}turns ${turns.join(", ")}: ${kind.replaceAll("_", " ")}: ${showText(what)}`;
        }),
    );
  }
  const detail = showing.flatMap(({ patterns }) => patterns.filter(({ id }) => id === name))[0]?.detail ?? "";
  return [`${name}${share}${detail === "" ? "" : `: ${showText(truncate(detail, MAX_DETAIL))}`}`];
}

/**
 * Of what recurs the entries that are named: those with such a word, unless another one has all of these and more, as
 * `npm run lint` has of what `npm run test` shares with "npm run lint fails". All of them where none has one.
 */
function pickNamed(entries: readonly RecurringRow[], named: ReadonlySet<string>): readonly RecurringRow[] {
  const scored = entries.map((entry) => ({
    entry,
    shared: new Set([...wordsOf(entry.what)].filter((word) => named.has(word))),
  }));
  const best = scored.filter(
    ({ shared }) =>
      shared.size > 0 &&
      !scored.some((other) => other.shared.size > shared.size && [...shared].every((word) => other.shared.has(word))),
  );
  return best.length === 0 ? entries : best.map(({ entry }) => entry);
}

/** The first characters of an id, by which a reader finds its group under Source Trace. */
function shortId(traceId: string): string {
  return showText(traceId.replace(/^session:/u, "").slice(0, 8));
}
