import { addTo, createLongest } from "../values/lists.ts";
import type { ToolCall } from "../call/tool-call.ts";
import { isShell } from "../call/tools.ts";
import { type Pattern } from "./pattern.ts";

/** The same search this often with no change between (SWE-agent 2405.15793, repeated searches). */
const SAME = 3;
/** So many searches in a row that found nothing. */
const EMPTY = 4;

/**
 * The main agent searches in circles: the same search again, or one search after the other that finds nothing. Searches
 * of one batch were asked for before any of them had come back empty; a look at anything else ends the row.
 */
export const searchChurn: Pattern = {
  id: "search_churn",
  detect: ({ timeline }) => {
    if (!timeline.isOrderKnown) return null;
    let repeats = new Map<string, ToolCall[]>();
    let same: readonly ToolCall[] = [];
    const streak = createLongest<ToolCall>();
    for (const call of timeline.mainCalls) {
      const { changed } = call;
      if (changed === "any" || changed.length > 0) repeats = new Map();
      if (call.op === "search" && call.error !== null) continue;
      if (call.op !== "search" || !call.isEmptyResult) streak.restart();
      else if (streak.last()?.batch !== call.batch) streak.extend(call);
      if (call.op !== "search") continue;
      if (call.inputHash === null) continue;
      // Two spellings of a shell search differ in their input but not in their command.
      const key = isShell(call.tool) ? (call.command?.hash ?? "") : `${call.tool} ${call.inputHash}`;
      if (repeats.get(key)?.at(-1)?.batch === call.batch) continue;
      const runs = addTo(repeats, key, call);
      if (runs.length > same.length) same = runs;
    }
    const empty = streak.longest();
    const isSame = same.length >= SAME;
    if (!isSame && empty.length < EMPTY) return null;
    const calls = isSame ? same : empty;
    return {
      severity: "low",
      count: calls.length,
      detail: isSame
        ? `one search ran ${same.length} times, no change between`
        : `${empty.length} searches in a row found nothing`,
      observations: calls.map(({ id }) => id),
    };
  },
};
