import type { CheckKind, Closing } from "./closing-lines.ts";
import type { FailureClass } from "./command-failures.ts";
import type { Command } from "../shell/command.ts";
import type { Op } from "../values/vocabulary.ts";
import type { EditFacts } from "./edit-facts.ts";
import type { ErrorKind } from "./error-kinds.ts";

/** Who acted: "main", or one subagent by the id of its run or of the row that started it. */
export type Actor = string;

/** `isInferred`: read from the text of the output, not from a flag of the exporter. */
export type CallError = { readonly kind: ErrorKind; readonly isInferred: boolean };

/** A tool call; calls.ts fills in its place, and what other rows say of how it ended. */
export type ToolCall = {
  readonly id: string;
  readonly start: number | null;
  readonly end: number | null;
  subagent: string | null;
  /** Of the tool that loads one. */
  readonly skill: string | null;
  actor: Actor;
  /** Calls with one batch were asked for together, so they are not consecutive. */
  batch: number;
  /** A context was compacted before it: what was read earlier may have been forgotten. */
  epoch: number;
  /** Canonical name, see tools.ts. */
  readonly tool: string;
  readonly op: Op;
  readonly callId: string | null;
  /** As recorded; null when the exporter hides it or the tool has none. */
  readonly path: string | null;
  /** Of a read: "" for the whole file, "offset:limit", or null when not recorded. */
  readonly range: string | null;
  readonly command: Command | null;
  /** Equal for equal input; null when the input is not recorded. */
  readonly inputHash: string | number | null;
  error: CallError | null;
  /** What a human said who refused it, one line without secrets; null where nobody refused or said anything. */
  readonly refusedWith: string | null;
  /** Of a shell with a check, a commit or a push: what the runners in its output say at their end. */
  readonly closings: readonly Closing[];
  /** Of a shell with a commit or push: which kinds of checks its hook began. */
  readonly hookChecks: readonly CheckKind[];
  /** Of a shell with a commit: the short hashes of the commits that git says it made. */
  readonly commits: readonly string[];
  /** Of a shell that failed, or whose exit code is hidden: why, by class. */
  readonly failure: FailureClass | null;
  /** Whether a failure would show: by a flag, or by the text of the output. */
  isErrorVisible: boolean;
  /** Characters of the result, null when not recorded. */
  readonly outputSize: number | null;
  /** A search that found nothing. */
  readonly isEmptyResult: boolean;
  /** An edit refused because the file was not read, or changed since: the next read was asked for. */
  readonly demandsRead: "unread" | "changed" | null;
  /** The tool says that the file which it wrote was not there before. */
  readonly isNewFile: boolean;
  readonly isBackground: boolean;
  /** Of a shell: it could not enter the folder that the command was to run in. */
  readonly neverRan: boolean;
  /** Files that it changed, by key; `"any"` when it may have changed files that it does not name. See changes.ts. */
  changed: readonly string[] | "any";
  /** Files that it read, see changes.ts. */
  read: readonly FileRead[];
  readonly task: TaskStep | null;
  readonly todos: readonly Todo[] | null;
  readonly edit: EditFacts | null;
};

/** `range`: "" for the whole file, null when not recorded. */
export type FileRead = { readonly key: string; readonly range: string | null };

export type TaskStep = {
  readonly action: "create" | "update";
  readonly id: string | null;
  readonly status: string | null;
};
export type Todo = { readonly key: string; readonly status: string };
