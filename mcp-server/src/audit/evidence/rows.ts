import { isHiding } from "../sentences/invisible-text.ts";
import { isRecord, own, text, type JsonRecord } from "../../trace/values/json.ts";

/** A row of a summary's table of turns; what the summary leaves out is empty. */
export type TurnRow = {
  /** Its number in the session, from 1; null where earlier turns were not read. */
  readonly turn: number | null;
  readonly human: string | null;
  readonly did: readonly string[];
  readonly unchecked: readonly string[];
  readonly git: readonly string[];
  /** Calls that were refused, with the human's words in quotes. */
  readonly refused: string | null;
  readonly end: string | null;
};

/** What at least two turns of a summary show. */
export type RecurringRow = { readonly kind: string; readonly what: string; readonly turns: readonly number[] };

/** The names by which an issue cites what recurs: all entries of a kind, and this one where it can be written in a line. */
export function namesOfRecurring({ kind, what }: RecurringRow): readonly string[] {
  const isLine = /[\p{L}\p{N}]/u.test(what) && what.trim() === what && !isHiding(what);
  return [`recurring:${kind}`, ...(isLine ? [`recurring:${kind}:${what}`] : [])];
}

/** A pattern that a summary shows. */
export type PatternShown = { readonly id: string; readonly count: number | null; readonly detail: string };

/** The rows of a summary's table, in its order. */
export function parseTurns(summary: JsonRecord): readonly TurnRow[] {
  return recordsAt(summary, "turns").map((row) => ({
    turn: toTurn(own(row, "turn")),
    human: text(own(row, "human")),
    did: textsAt(row, "did"),
    unchecked: textsAt(row, "unchecked"),
    git: textsAt(row, "git"),
    refused: text(own(row, "refused")),
    end: text(own(row, "end")),
  }));
}

/** The recurring things of a summary, in its order. */
export function parseRecurring(summary: JsonRecord): readonly RecurringRow[] {
  return recordsAt(summary, "recurring").flatMap((one) => {
    const [kind, turns] = [text(own(one, "kind")), own(one, "turns")];
    const numbers = Array.isArray(turns) ? turns.filter((turn) => typeof turn === "number") : [];
    return kind === null ? [] : [{ kind, what: text(own(one, "what")) ?? "", turns: numbers }];
  });
}

/** The patterns of a summary, the most severe first. */
export function parsePatterns(summary: JsonRecord): readonly PatternShown[] {
  return recordsAt(summary, "patterns").flatMap((one) => {
    const id = text(own(one, "id"));
    return id === null ? [] : [{ id, count: toNumber(own(one, "count")), detail: text(own(one, "detail")) ?? "" }];
  });
}

/** The objects of a list at a key; none where there is no list. */
export function recordsAt(record: JsonRecord, key: string): readonly JsonRecord[] {
  const value = own(record, key);
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function textsAt(record: JsonRecord, key: string): readonly string[] {
  const value = own(record, key);
  return Array.isArray(value) ? value.filter((one) => typeof one === "string" && one !== "") : [];
}

function toNumber(value: unknown): number | null {
  return typeof value === "number" && Number.isInteger(value) ? value : null;
}

function toTurn(value: unknown): number | null {
  const turn = toNumber(value);
  return turn !== null && turn > 0 ? turn : null;
}
