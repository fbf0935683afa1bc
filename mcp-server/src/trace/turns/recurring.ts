import { isRefusal } from "../call/error-kinds.ts";
import type { ToolCall } from "../call/tool-call.ts";
import type { Timeline } from "../timeline/timeline.ts";
import { isPlanFile } from "../timeline/changes.ts";
import { shorten, showMarked, showPath } from "./show-path.ts";
import { nameOfCall, type Did } from "./steps.ts";

/** What can happen in one turn after the other. */
export const RECURRING = [
  "command_failed",
  "search_in_vain",
  "missing_path",
  "read_first",
  "edit_failed",
  "edit_undone",
  "refused",
] as const;
export type RecurringKind = (typeof RECURRING)[number];

/**
 * One thing that a turn shows and that others may show too; `what` may be shown, `key` tells equal ones. Where there is a
 * `side`, they only recur with two of them, such as an edit and its inverse.
 */
export type Trait = {
  readonly kind: RecurringKind;
  readonly what: string;
  readonly key: string;
  readonly side?: string;
};

/** These traits, each once. */
export function uniqueTraits(traits: readonly Trait[]): readonly Trait[] {
  return [...new Map(traits.map((trait) => [`${trait.kind} ${trait.key} ${trait.side ?? ""}`, trait])).values()];
}

/** What shows in at least two turns or traces; `where` are their numbers from 1. */
export type Recurring = { readonly kind: RecurringKind; readonly what: string; readonly where: readonly number[] };

/** A turn's first so many looks are its way into the work. */
const FIRST_LOOKS = 6;
const MAX_RECURRING = 10;

/** The traits of one turn, each once; none where the order is not recorded. */
export function toTraits(steps: readonly Did[], timeline: Timeline): readonly Trait[] {
  const { paths, isOrderKnown } = timeline;
  if (!isOrderKnown) return [];
  const traits: Trait[] = [];
  const add = (kind: RecurringKind, what: string, key = what): void => {
    if (what !== "") traits.push({ kind, what, key });
  };
  for (const { kind, label, call, result } of steps) {
    const isCommand = result !== null && kind !== "explore";
    const why = result?.failure == null ? "" : `: ${result.failure}`;
    if (isCommand && result.verdict === "failed" && label !== "")
      add("command_failed", `${showMarked(label, shorten)}${why}`);
    const file = call.path === null ? "" : showPath(paths.key(call.path), paths);
    if (call.error !== null && isRefusal(call.error.kind))
      add("refused", showMarked(nameOfCall(call, timeline), shorten));
    if (call.error?.kind === "not_found") add("missing_path", file);
    if (call.error?.kind === "edit_mismatch") add("edit_failed", file);
    if (!isPlanFile(call, paths)) traits.push(...toEitherWay(call, file));
    if (call.op === "search" && call.isEmptyResult && call.inputHash !== null)
      add("search_in_vain", `${call.tool}${file === "" ? "" : ` in ${file}`}`, String(call.inputHash));
  }
  const looks = steps.filter(({ kind }) => kind === "explore").slice(0, FIRST_LOOKS);
  for (const { call } of looks)
    if (call.op === "read" && call.path !== null && call.error === null)
      add("read_first", showPath(paths.key(call.path), paths));
  return uniqueTraits(traits);
}

/** An edit and its inverse have one key and two sides: the later one took the earlier one back. */
function toEitherWay({ edit, error }: ToolCall, file: string): readonly Trait[] {
  if (edit === null || error !== null || edit.touches === "output") return [];
  const { oldHash, newHash } = edit;
  if (oldHash === null || newHash === null || oldHash === newHash) return [];
  const [low = "", high = ""] = [oldHash, newHash].toSorted();
  return [{ kind: "edit_undone", what: file, key: `${file} ${low} ${high}`, side: oldHash }];
}

/** What at least two of these turns or traces show, the most frequent first, then the earliest. */
export function toRecurring(turns: readonly (readonly Trait[])[]): readonly Recurring[] {
  const found = new Map<string, Recurring & { readonly where: number[]; readonly sides: Set<string> }>();
  for (const [at, traits] of turns.entries()) {
    for (const { kind, what, key, side = "" } of traits) {
      const known = found.get(`${kind} ${key}`) ?? { kind, what, where: [], sides: new Set() };
      if (known.where.at(-1) !== at + 1) known.where.push(at + 1);
      known.sides.add(side);
      found.set(`${kind} ${key}`, known);
    }
  }
  const recurring = [...found.values()]
    .filter(({ where, sides }) => where.length > 1 && (sides.has("") || sides.size > 1))
    .map(({ kind, what, where }) => ({ kind, what, where }))
    .toSorted(
      (left, right) =>
        right.where.length - left.where.length ||
        RECURRING.indexOf(left.kind) - RECURRING.indexOf(right.kind) ||
        (left.what < right.what ? -1 : Number(left.what > right.what)),
    );
  // Several edits of one file that were taken back look the same.
  const shown = new Map(recurring.map((one) => [`${one.kind} ${one.what} ${one.where.join()}`, one]));
  return [...shown.values()].slice(0, MAX_RECURRING);
}
