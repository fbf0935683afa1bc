import type { Command } from "../shell/command.ts";
import type { Prompt } from "./prompt.ts";
import type { ErrorKind } from "../call/tool-errors.ts";
import type { Op } from "../call/tools.ts";

/** Who acted: "main", or one subagent by the id of its run or of the row that started it. */
export type Actor = string;

/**
 * What is kept of one observation: who, what, when, how it ended. Texts are reduced to hashes, flags and sizes while the
 * rows arrive, so that no raw input or output outlives its page. Times are milliseconds since 1970.
 *
 * What stands on the row is fixed. Its place (`parent`, `actor`, `batch`, `epoch`) is filled in once all rows are known,
 * in the same objects, because copying the events of a large trace costs as much as reading them.
 */
export type TimelineEvent = {
  readonly id: string;
  readonly parentId: string | null;
  /** The event that `parentId` names; null on top, and when that row is missing. Filled in by actors.ts. */
  parent: TimelineEvent | null;
  /** Filled in by actors.ts; "" until then. */
  actor: Actor;
  /** `execution` and `permission` are parts of a native tool call and are folded into it. */
  readonly kind:
    | "turn"
    | "container"
    | "tool"
    | "execution"
    | "permission"
    | "generation"
    | "subagent"
    | "event"
    | "other";
  readonly type: string;
  readonly name: string;
  readonly start: number | null;
  readonly end: number | null;
  readonly level: string;
  /** Its statusMessage or root says that a human stopped the run. */
  readonly isInterruption: boolean;
  readonly agentId: string | null;
  readonly subagent: string | null;
  readonly call: ToolCall | null;
  readonly generation: Generation | null;
  readonly container: Container | null;
  /** Of an `execution`: how the call ended; of a `permission`: what was decided. */
  readonly error: CallError | null;
  readonly isRejected: boolean;
};

/** `isInferred`: read from the text of the output, not from a flag of the exporter. */
export type CallError = { readonly kind: ErrorKind; readonly isInferred: boolean };

/** A tool call; calls.ts fills in its place, and what other rows say of how it ended. */
export type ToolCall = {
  readonly id: string;
  readonly start: number | null;
  readonly end: number | null;
  subagent: string | null;
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
  /** Whether a failure would show: by a flag, or by the text of the output. */
  isErrorVisible: boolean;
  /** Characters of the result, null when not recorded. */
  readonly outputSize: number | null;
  /** A search that found nothing. */
  readonly isEmptyResult: boolean;
  /** An edit refused because the file was not read, or changed since: the next read was asked for. */
  readonly demandsRead: "unread" | "changed" | null;
  readonly isBackground: boolean;
  /** Of a shell: it could not enter the folder that the command was to run in. */
  readonly neverRan: boolean;
  /** Of a shell: how long its command may run, in milliseconds; null when its arguments are not recorded. */
  readonly timeoutMs: number | null;
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
/** Hashes of what an edit took out and put in; `weakensTest`: it takes out checks or adds a skip. */
export type EditFacts = {
  readonly oldHash: string | null;
  readonly newHash: string | null;
  readonly weakensTest: boolean;
};

/** A request to the model and its answer; calls.ts fills in its place. */
export type Generation = {
  readonly id: string;
  actor: Actor;
  /** The calls that it asked for have the same. */
  batch: number;
  /** Its number among its siblings, from the name ("LLM Call 7"). */
  readonly ordinal: number | null;
  readonly stopReason: string | null;
  /** Tool calls that the output asks for; null when the exporter does not record them. */
  readonly toolCalls: number | null;
  /** Null when the output is not recorded. */
  readonly hasText: boolean | null;
  readonly hasPlan: boolean;
  readonly isApiError: boolean;
  readonly attempt: number;
  /** Tokens of the request, cached ones included; null when not recorded. */
  readonly inputTokens: number | null;
  readonly querySource: string | null;
};

/** What a span that may be the turn's root says about the turn. */
export type Container = {
  readonly prompt: Prompt;
  /** Null when the output is not recorded. */
  readonly hasFinalText: boolean | null;
  readonly isApiError: boolean;
  /** Milliseconds that the exporter measured itself. */
  readonly duration: number | null;
  readonly cwd: string | null;
  readonly finishReason: string | null;
  readonly isMarkedIncomplete: boolean;
};
