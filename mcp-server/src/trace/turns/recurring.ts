import { isRefusal } from "../call/error-kinds.ts";
import type { Timeline } from "../timeline/timeline.ts";
import { shorten, showMarked, showPath } from "./show-path.ts";
import { nameOfCall, type Did } from "./steps.ts";

/** What can happen in one turn after the other. */
export const RECURRING = [
  "command_failed",
  "search_in_vain",
  "missing_path",
  "read_first",
  "edit_failed",
  "refused",
] as const;
export type RecurringKind = (typeof RECURRING)[number];

/** One thing that a turn shows and that others may show too; `what` may be shown, `key` tells equal ones. */
export type Trait = { readonly kind: RecurringKind; readonly what: string; readonly key: string };

/** What shows in at least two turns or traces; `where` are their numbers from 1. */
export type Recurring = { readonly kind: RecurringKind; readonly what: string; readonly where: readonly number[] };

/** A turn's first so many looks are its way into the work. */
const FIRST_LOOKS = 6;
const MAX_RECURRING = 10;

/** The traits of one turn, each once. */
export function toTraits(steps: readonly Did[], timeline: Timeline): readonly Trait[] {
  const { paths } = timeline;
  const traits = new Map<string, Trait>();
  const add = (kind: RecurringKind, what: string, key = what): void => {
    if (what !== "") traits.set(`${kind} ${key}`, { kind, what, key });
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
    if (call.op === "search" && call.isEmptyResult && call.inputHash !== null)
      add("search_in_vain", `${call.tool}${file === "" ? "" : ` in ${file}`}`, String(call.inputHash));
  }
  const looks = steps.filter(({ kind }) => kind === "explore").slice(0, FIRST_LOOKS);
  for (const { call } of looks)
    if (call.op === "read" && call.path !== null && call.error === null)
      add("read_first", showPath(paths.key(call.path), paths));
  return [...traits.values()];
}

/** What at least two of these turns or traces show, the most frequent first, then the earliest. */
export function toRecurring(turns: readonly (readonly Trait[])[]): readonly Recurring[] {
  const found = new Map<string, { readonly kind: RecurringKind; readonly what: string; readonly where: number[] }>();
  for (const [at, traits] of turns.entries()) {
    for (const { kind, what, key } of traits) {
      const known = found.get(`${kind} ${key}`) ?? { kind, what, where: [] };
      known.where.push(at + 1);
      found.set(`${kind} ${key}`, known);
    }
  }
  return [...found.values()]
    .filter(({ where }) => where.length > 1)
    .toSorted(
      (left, right) =>
        right.where.length - left.where.length ||
        RECURRING.indexOf(left.kind) - RECURRING.indexOf(right.kind) ||
        (left.what < right.what ? -1 : 1),
    )
    .slice(0, MAX_RECURRING);
}
