import type { Command } from "./commands.ts";
import type { Prompt } from "./prompt.ts";
import type { ErrorKind } from "./tool-errors.ts";
import type { Op } from "./tools.ts";

/**
 * What is kept of one observation: who, what, when, how it ended. Texts are reduced to hashes, flags and sizes while the
 * rows arrive, so that no raw input or output outlives its page. Times are milliseconds since 1970.
 */
export type TimelineEvent = {
  readonly id: string;
  readonly parentId: string | null;
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

/**
 * A tool call. What stands on its row is fixed; `calls.ts` fills in its place once all rows are known, in the same
 * object, because copying every call of a large trace costs as much as reading it.
 */
export type ToolCall = {
  readonly id: string;
  readonly start: number | null;
  readonly end: number | null;
  subagent: string | null;
  /** "main", or one subagent; see actors.ts. */
  actor: string;
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
  readonly inputHash: string | null;
  error: CallError | null;
  /** Whether a failure would show: by a flag, or by the text of the output. */
  isErrorVisible: boolean;
  /** Characters of the result, null when not recorded. */
  readonly outputSize: number | null;
  /** A search that found nothing. */
  readonly isEmptyResult: boolean;
  /** An edit refused because the file was not read, or changed since: the next read was asked for. */
  readonly demandsRead: boolean;
  readonly isBackground: boolean;
  readonly task: TaskStep | null;
  readonly todos: readonly Todo[] | null;
  readonly edit: EditFacts | null;
};

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

export type Generation = {
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
