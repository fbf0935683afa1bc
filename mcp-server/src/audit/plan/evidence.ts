import type { Issue } from "../answers/prompt-engineer.ts";
import { tellAfterwards } from "../evidence/afterwards.ts";
import { namesOfRecurring, type RecurringRow, type TurnRow } from "../evidence/rows.ts";
import { AFTERWARDS, type SummaryFacts } from "../evidence/summary-facts.ts";
import { showText } from "./show.ts";
import { countShared, tellRow, wordsOf } from "./tell-row.ts";
import { truncate } from "../../trace/values/names.ts";

/** So many pieces are told of all issues together, and so much of a pattern. */
const MAX_PIECES = 40;
const MAX_DETAIL = 120;

/**
 * What the issues cite, in words, a line each and each once: the rows of the table in the order of the summaries, told by what
 * the symptoms that cite them speak of, then the rest.
 */
export function tellEvidence(issues: readonly Issue[], facts: readonly SummaryFacts[]): readonly string[] {
  const spoken = new Map<TurnRow, string>();
  for (const issue of issues)
    for (const { row } of pickOf(issue, facts)) spoken.set(row, `${spoken.get(row) ?? ""} ${issue.symptom}`);
  const rows = facts.flatMap((summary) =>
    summary.turns.flatMap((row, at) => {
      const symptoms = spoken.get(row);
      if (symptoms === undefined) return [];
      const next = summary.turns[at + 1] ?? null;
      const isFollowed = next !== null && next.turn !== null && next.turn === (row.turn ?? NaN) + 1;
      const after = isFollowed && !spoken.has(next) ? next : null;
      return [`${labelOf(row, summary, facts)}: ${tellRow(row, after, summary.goal, wordsOf(symptoms))}`];
    }),
  );
  const cited = [...new Set(issues.flatMap(({ evidence }) => evidence))].filter((name) => !name.startsWith(TURN));
  const named = wordsOf(issues.map(({ symptom, recommendation }) => `${symptom} ${recommendation}`).join(" "));
  const others = [...new Set(cited.flatMap((name) => tellOther(name, named, facts)))];
  const all = [...rows, ...others];
  return all.length <= MAX_PIECES ? all : [...all.slice(0, MAX_PIECES), `${all.length - MAX_PIECES} more`];
}

/** Where what an issue cites is told: `turns 3, 4 and 9`, and of what is no row its name. */
export function referTo(issue: Issue, facts: readonly SummaryFacts[]): string {
  const picked = pickOf(issue, facts);
  const turns = facts.flatMap((summary) => {
    const rows = picked.filter((one) => one.summary === summary).map(({ row }) => row);
    if (rows.length === 0) return [];
    const numbers = joinWords(rows.map(({ turn }) => String(turn ?? "(number not known)")));
    return [
      `turn${rows.length === 1 ? "" : "s"} ${numbers}${facts.length > 1 ? ` of ${shortId(summary.trace_id)}` : ""}`,
    ];
  });
  // Where rows are cited they say most, and the names beside them little.
  const kinds = issue.evidence
    .filter((name) => !name.startsWith(TURN) && (turns.length === 0 || name.startsWith(RECURRING)))
    .map((name) => (name.startsWith(RECURRING) ? "what recurs" : name.replace(METRIC, "").replaceAll("_", " ")));
  return joinWords([...turns, ...new Set(kinds)]);
}

/** `a`, `a and b`, `a, b and c`. */
function joinWords(parts: readonly string[]): string {
  return parts.length < 2 ? (parts[0] ?? "") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1) ?? ""}`;
}

function labelOf({ turn }: TurnRow, { trace_id }: SummaryFacts, facts: readonly SummaryFacts[]): string {
  const label = `turn ${turn ?? "(number not known)"}`;
  return facts.length > 1 ? `${shortId(trace_id)} ${label}` : label.replace("t", "T");
}

function pickOf({ evidence, symptom }: Issue, facts: readonly SummaryFacts[]): readonly Picked[] {
  return pickRows(evidence, wordsOf(symptom), facts);
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

type Picked = { readonly summary: SummaryFacts; readonly row: TurnRow };

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
  return facts.flatMap((summary) => summary.turns.filter((row) => best.has(row)).map((row) => ({ summary, row })));
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
          return `${of}${of === "" ? "Turns" : "turns"} ${turns.join(", ")}: ${KINDS.get(kind) ?? kind.replaceAll("_", " ")}: ${what === "(outside)" ? "a file outside the project" : showText(what)}`;
        }),
    );
  }
  const [, of, tool = ""] = /^(tool_usage|errors)\.(.+)$/u.exec(name) ?? [];
  if (of !== undefined) {
    const values = showing.map(({ evidence }) =>
      (evidence.get(name) ?? "")
        .trim()
        .replaceAll(/["[\]]/gu, "")
        .replaceAll("_", " "),
    );
    return [
      `${of === "errors" ? "errors of" : "calls of"} ${showText(tool)}: ${showText(truncate(values.join("; "), MAX_DETAIL))}`,
    ];
  }
  const detail = showing.flatMap(({ patterns }) => patterns.filter(({ id }) => id === name))[0]?.detail ?? "";
  return [`${name}${share}${detail === "" ? "" : `: ${showText(truncate(detail, MAX_DETAIL))}`}`];
}

/** What recurs, in words. */
const KINDS: ReadonlyMap<string, string> = new Map([
  ["read_first", "looked at first"],
  ["missing_path", "looked for and not there"],
  ["search_in_vain", "searched in vain"],
  ["edit_undone", "an edit that was taken back"],
]);

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
