import type { Timeline } from "../timeline/timeline.ts";
import { isPlan } from "../timeline/changes.ts";
import { grade, type Finding, type Pattern } from "./pattern.ts";
import { plural } from "../values/plural.ts";
import type { Severity } from "../values/vocabulary.ts";

/**
 * The same actor reads the same range of a file again although nothing changed it in between. Reads of other ranges are
 * paging; a compaction makes a read legitimate again, and so does the refusal of an edit that asks for one; any other
 * refused edit changes nothing.
 * 2 reads are low, 3 medium, 5 high: the naive "read three times" fires in 64 % of real sessions. Judged for each file,
 * without the file of plan mode; the count is that of the worst one. Where ranges are not recorded two reads may be paging, so three are needed, and they are low.
 * Where the order is not recorded n reads and m changes prove ceil(n / (m + 1)) reads without a change; three are needed.
 */
export const repeatedFileReads: Pattern = {
  id: "repeated_file_reads",
  detect: ({ timeline }) => (timeline.isOrderKnown ? inOrder(timeline) : lowerBound(timeline)),
};

const STEPS: readonly (readonly [number, Severity])[] = [
  [5, "high"],
  [3, "medium"],
  [2, "low"],
];

type Window = { readonly file: string; readonly isRangeKnown: boolean; batch: number; reads: string[] };

function inOrder(timeline: Timeline): Finding | null {
  // By file, then by who read which range of it.
  const open = new Map<string, Map<string, Window>>();
  const closed: Window[] = [];
  const close = (file: string): void => {
    for (const window of open.get(file)?.values() ?? []) closed.push(window);
    open.delete(file);
  };
  for (const call of timeline.calls) {
    if (call.changed === "any") for (const file of open.keys()) close(file);
    else {
      for (const file of call.changed) close(file);
      if (call.demandsRead !== null && call.op === "edit" && call.path !== null) close(timeline.paths.key(call.path));
    }
    for (const { key, range } of call.read) {
      if (isPlan(key)) continue;
      const windows = open.get(key) ?? new Map<string, Window>();
      open.set(key, windows);
      const slot = `${call.epoch}\n${range ?? "?"}\n${call.actor}`;
      const window = windows.get(slot) ?? { file: key, isRangeKnown: range !== null, batch: -1, reads: [] };
      // Reads that were asked for together are one look at the file.
      if (window.batch === call.batch) continue;
      window.batch = call.batch;
      window.reads.push(call.id);
      windows.set(slot, window);
    }
  }
  for (const file of open.keys()) close(file);
  return toFinding(
    closed.filter(({ reads, isRangeKnown }) => reads.length >= (isRangeKnown ? 2 : 3)),
    timeline,
    "no change between",
  );
}

function lowerBound(timeline: Timeline): Finding | null {
  const open = new Map<string, Window>();
  const changes = new Map<string, number>();
  let anyChanges = 0;
  for (const call of timeline.calls) {
    const { changed } = call;
    if (changed === "any") anyChanges += 1;
    else for (const file of changed) changes.set(file, (changes.get(file) ?? 0) + 1);
    for (const { key, range } of call.read) {
      if (isPlan(key)) continue;
      const slot = `${key}\n${range ?? "?"}\n${call.actor}`;
      const window = open.get(slot) ?? { file: key, isRangeKnown: range !== null, batch: -1, reads: [] };
      window.reads.push(call.id);
      open.set(slot, window);
    }
  }
  const windows = [...open.values()].flatMap((window) => {
    const bound = Math.ceil(window.reads.length / ((changes.get(window.file) ?? 0) + anyChanges + 1));
    return bound >= 3 ? [{ ...window, reads: window.reads.slice(0, bound) }] : [];
  });
  return toFinding(windows, timeline, "at least, the order is not recorded");
}

function toFinding(windows: readonly Window[], { paths }: Timeline, note: string): Finding | null {
  const worst = windows.toSorted(
    (a, b) => b.reads.length - a.reads.length || (a.file < b.file ? -1 : Number(a.file > b.file)),
  )[0];
  if (worst === undefined) return null;
  const others = new Set(windows.filter(({ file }) => file !== worst.file).map(({ file }) => file)).size;
  return {
    severity: worst.isRangeKnown ? (grade(worst.reads.length, STEPS) ?? "low") : "low",
    count: windows.reduce((total, { file, reads }) => total + (file === worst.file ? reads.length - 1 : 0), 0),
    detail: `${paths.show(worst.file)} read ${plural(worst.reads.length, "time")}, ${note}${others > 0 ? `; and ${plural(others, "other file")}` : ""}`,
    observations: worst.reads,
  };
}
