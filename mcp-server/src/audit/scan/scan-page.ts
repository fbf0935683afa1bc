import { toOneLine, truncate } from "../../trace/values/names.ts";
import { plural } from "../../trace/values/plural.ts";

/** A session or run as the page shows it. `selector`: what audits it. Times are milliseconds since 1970. */
export type ScanRow = {
  readonly selector: string;
  readonly goal: string | null;
  readonly endedAt: number;
  readonly turns: number;
  /** Whether an audit was made of it. */
  readonly isAudited: boolean;
  /** What stands out, in a few words each. */
  readonly headline: readonly string[];
};

export type ScanPage = {
  /** Where the runs come from. */
  readonly place: string;
  readonly rows: readonly ScanRow[];
  /** How many of the newest were not read. */
  readonly unread: number;
  /** A session is known by the beginning of its id. */
  readonly isShortened: boolean;
};

/** As many rows as a page has. */
export const MAX_ROWS = 20;
const MAX_GOAL = 50;

/** What a human sees who typed `/audit` alone: a row for each session or run, with the words that audit it. */
export function renderScan({ place, rows, unread, isShortened }: ScanPage, now: number): string {
  if (rows.length === 0) return `No run of this project was found in ${place}.`;
  const selectors = isShortened ? shorten(rows.map(({ selector }) => selector)) : rows.map(({ selector }) => selector);
  const names = selectors.map((selector) => `/audit ${selector}`);
  const width = Math.min(60, Math.max(...names.map((name) => name.length)));
  const lines = rows.map(({ goal, endedAt, turns, isAudited, headline }, at) =>
    [
      (names[at] ?? "").padEnd(width),
      toAge(now - endedAt).padStart(4),
      plural(turns, "turn").padStart(8),
      `${isAudited ? "audited; " : ""}${headline.length === 0 ? "nothing stands out" : headline.join(", ")}${goal === null ? "" : `: "${truncate(toOneLine(goal), MAX_GOAL)}"`}`,
    ].join("  "),
  );
  const rest = unread === 0 ? [] : [`${unread} more could not be read in time.`];
  return [`The newest of this project, from ${place}:`, "", ...lines, "", ...rest].join("\n").trimEnd();
}

/** The first characters of session ids, where they tell all of them apart. */
function shorten(selectors: readonly string[]): readonly string[] {
  const short = selectors.map((selector) => selector.replace(/^(session:.{8}).*$/su, "$1"));
  return new Set(short).size < selectors.length ? selectors : short;
}

/** "5 m", "3 h", "12 d": how long ago. */
function toAge(ms: number): string {
  const minutes = Math.max(0, Math.round(ms / 60_000));
  if (minutes < 60) return `${minutes} m`;
  return minutes < 48 * 60 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1440)} d`;
}
