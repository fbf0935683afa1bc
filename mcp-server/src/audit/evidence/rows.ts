import { isRecord, own, text, type JsonRecord } from "../../trace/values/json.ts";

/** A row of a summary's table of turns, as audits read it. What a summary does not show is null, or empty. */
export type TurnRow = {
  /** The turn's number in its session, from 1; null when earlier turns were not read. */
  readonly turn: number | null;
  /** The human's words; null when not recorded. */
  readonly human: string | null;
  /** What the main agent did, in order, in the words of the summary: `edit src/a.ts`, `test npm test FAILED`. */
  readonly did: readonly string[];
  readonly unchecked: readonly string[];
  /** What commits left out. */
  readonly git: readonly string[];
  /** Calls that were refused, with the human's words. */
  readonly refused: string | null;
  readonly end: string | null;
};

/** What at least two turns show. */
export type RecurringRow = { readonly kind: string; readonly what: string };

/** The rows of a summary's table; one that is no row is left out. */
export function parseTurns(summary: JsonRecord): readonly TurnRow[] {
  return records(own(summary, "turns")).map((row) => ({
    turn: toTurn(own(row, "turn")),
    human: text(own(row, "human")),
    did: texts(own(row, "did")),
    unchecked: texts(own(row, "unchecked")),
    git: texts(own(row, "git")),
    refused: text(own(row, "refused")),
    end: text(own(row, "end")),
  }));
}

/** What a summary says recurs; an entry without a kind is left out. */
export function parseRecurring(summary: JsonRecord): readonly RecurringRow[] {
  return records(own(summary, "recurring")).flatMap((row) => {
    const kind = text(own(row, "kind"));
    return kind === null ? [] : [{ kind, what: text(own(row, "what")) ?? "" }];
  });
}

function toTurn(value: unknown): number | null {
  return typeof value === "number" && Number.isInteger(value) && value > 0 ? value : null;
}

function records(value: unknown): readonly JsonRecord[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string" && one !== "") : [];
}
