import type { Summary } from "../trace/summary/schema.ts";
import type { History } from "../trace/run/afterwards.ts";
import type { Api, Source, Window } from "./port.ts";

/** Hears how far a call is, in traces. */
export type Progress = (done: number, total: number) => void;

/** What belongs to the project whose runs `last`, `session` and `sample:N` take. */
export type Project = {
  /** Absolute paths: the project's folder, as given and with links resolved, its main repository and its other worktrees. */
  readonly folders: readonly string[];
  /** The addresses of its repository's remotes. */
  readonly remotes: readonly string[];
  /** Other folder names that belong here; null when the runs of every project do. */
  readonly others: readonly string[] | null;
};

/** What a selector is resolved with; the clock and chance are handed in. */
export type Call = {
  readonly source: Source;
  readonly project: Project;
  /** The history of the project's repository, read once when it is first asked for; null where it cannot be read. */
  readonly history: () => Promise<History | null>;
  /** The score that decides a run's outcome, by its name; null when none does. */
  readonly outcomeScore: string | null;
  readonly signal: AbortSignal;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** At least 0, less than 1. */
  readonly random: () => number;
  readonly progress: Progress;
};

export type Skipped = { readonly trace_id: string; readonly reason: string };

/** What a selector was resolved to. */
export type Selection = {
  readonly api: Api;
  readonly window: Window | null;
  /** Candidates in the window that was drawn from, before completion was checked; null for an id. */
  readonly population: number | null;
  /** The window holds more traces than could be listed; the population is the newest of them. */
  readonly isCut: boolean;
  /** A sample that ended before it was whole: its time was up, or the server refused to go on. */
  readonly isBrokenOff?: boolean;
  readonly summaries: readonly Summary[];
  readonly skipped: readonly Skipped[];
};
