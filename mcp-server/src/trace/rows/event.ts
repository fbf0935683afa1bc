import type { Actor, CallError, ToolCall } from "../call/tool-call.ts";
import type { Place } from "./place.ts";
import type { Prompt } from "./prompt.ts";

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
  /** Its text ends with a question; null when the output is not recorded. */
  readonly asks: boolean | null;
  readonly hasPlan: boolean;
  readonly isApiError: boolean;
  readonly attempt: number;
  /** Tokens of the request, cached ones included; null when not recorded. */
  readonly inputTokens: number | null;
  readonly querySource: string | null;
  /** The model that answered; null when it is not recorded, or when no model did. */
  readonly model: string | null;
};

/** What a span that may be the turn's root says about the turn. */
export type Container = {
  readonly prompt: Prompt;
  /** Null when the output is not recorded. */
  readonly hasFinalText: boolean | null;
  /** The answer ends with a question; null when the output is not recorded. */
  readonly asks: boolean | null;
  readonly isApiError: boolean;
  /** Milliseconds that the exporter measured itself. */
  readonly duration: number | null;
  readonly cwd: string | null;
  /** Where the run took place, as far as its metadata says. */
  readonly places: readonly Place[];
  readonly finishReason: string | null;
  /** The model of the whole turn, where the exporter names it there; null elsewhere. */
  readonly model: string | null;
  readonly isMarkedIncomplete: boolean;
};
