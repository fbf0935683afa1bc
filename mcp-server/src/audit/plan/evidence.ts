import type { Issue } from "../answers/prompt-engineer.ts";
import { tellAfterwards } from "../evidence/afterwards.ts";
import { namesOfRecurring, type RecurringRow, type TurnRow } from "../evidence/rows.ts";
import { AFTERWARDS, type SummaryFacts } from "../evidence/summary-facts.ts";
import { showText } from "./show.ts";
import { countShared, tellRow, wordsOf } from "./tell-row.ts";
import { truncate } from "../../trace/values/names.ts";

/** One screen a change: so many pieces of evidence are told. */
const MAX_PIECES = 8;
const MAX_DETAIL = 120;

/**
 * What these issues cite, in words, one line each: rows first, in the order of the summaries. Of too many those that share
 * most words with the symptoms.
 */
export function tellEvidence(issues: readonly Issue[], facts: readonly SummaryFacts[]): readonly string[] {
  const cited = [...new Set(issues.flatMap(({ evidence }) => evidence))];
  const words = wordsOf(issues.map(({ symptom }) => symptom).join(" "));
  const rows = pickRows(cited, words, facts).map(
    ({ summary, row, next }) =>
      `${facts.length > 1 ? `${shortId(summary.trace_id)} ` : ""}${tellRow(row, next, summary.goal, words)}`,
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
    const all = showing.flatMap(({ recurring }) => recurring.filter((one) => namesOfRecurring(one).includes(name)));
    const meant = new Set(pickNamed(all, named));
    return showing.flatMap(({ recurring, trace_id }) =>
      recurring
        .filter((one) => meant.has(one))
        .slice(0, 3)
        .map(({ kind, what, turns }) => {
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
