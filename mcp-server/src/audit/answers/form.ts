import { isRecord, own, type JsonRecord } from "../../trace/values/json.ts";
import { isHiding } from "../sentences/invisible-text.ts";

/** Collects what is wrong with a value, so that all of it can be said at once. */
export type AddProblem = (problem: string) => void;

const QUOTED = 80;

/** A value as it is quoted in a reason: one line, at most 80 characters. */
export function quote(value: unknown): string {
  const written = JSON.stringify(value) ?? "nothing";
  return written.length > QUOTED ? `${written.slice(0, QUOTED - 1)}…` : written;
}

/** The object at `path` with exactly these keys, and `optional` ones, or null; unknown keys are reported and left. */
export function checkRecord(
  value: unknown,
  path: string,
  keys: readonly string[],
  addProblem: AddProblem,
  optional: readonly string[] = [],
): JsonRecord | null {
  if (!isRecord(value)) {
    addProblem(`${path} is ${quote(value)}; it has to be an object with ${keys.join(", ")}.`);
    return null;
  }
  for (const key of keys) if (!Object.hasOwn(value, key)) addProblem(`${path} lacks "${key}".`);
  for (const key of Object.keys(value))
    if (!keys.includes(key) && !optional.includes(key))
      addProblem(`${path} has ${quote(key)}, which is none of ${keys.join(", ")}.`);
  return value;
}

/** A non-empty text of one visible line at `key`; "" when it is none. `max` counts UTF-16 units. */
export function checkLine(record: JsonRecord, key: string, path: string, max: number, addProblem: AddProblem): string {
  return Object.hasOwn(record, key) ? toCheckedLine(own(record, key), `${path}.${key}`, max, addProblem) : "";
}

function toCheckedLine(value: unknown, path: string, max: number, addProblem: AddProblem): string {
  // Signs that only change others, such as variation selectors, are none by themselves.
  if (typeof value !== "string" || !/[\p{L}\p{N}\p{P}\p{S}]/u.test(value)) {
    addProblem(`${path} is ${quote(value)}; it has to be a text that is not empty.`);
    return "";
  }
  const line = value.trim();
  if (isHiding(line))
    addProblem(`${path} holds a line break, a comment or an invisible character; write one plain line.`);
  if (line.length > max) addProblem(`${path} is ${line.length} characters long; at most ${max} fit the plan.`);
  return line;
}

/** A list at `key`, or an empty one; `min` and `max` bound its length. */
export function checkList(
  record: JsonRecord,
  key: string,
  path: string,
  [min, max]: readonly [number, number],
  addProblem: AddProblem,
): readonly unknown[] {
  if (!Object.hasOwn(record, key)) return [];
  const value = own(record, key);
  if (!Array.isArray(value)) {
    addProblem(`${path}.${key} is ${quote(value)}; it has to be a list.`);
    return [];
  }
  if (value.length < min) addProblem(`${path}.${key} is empty; it needs at least ${min} entry.`);
  if (value.length > max) addProblem(`${path}.${key} has ${value.length} entries; at most ${max} are read.`);
  return value.slice(0, max);
}

/** A list of lines at `key`. */
export function checkLines(
  record: JsonRecord,
  key: string,
  path: string,
  size: readonly [number, number],
  addProblem: AddProblem,
): readonly string[] {
  return checkList(record, key, path, size, addProblem).map((line, at) =>
    toCheckedLine(line, `${path}.${key}[${at}]`, MAX_LINE, addProblem),
  );
}

/** What a sentence of an answer may hold: some five lines of a terminal, enough for a template slot. */
export const MAX_LINE = 600;
