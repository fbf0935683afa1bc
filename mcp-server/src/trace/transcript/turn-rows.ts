import { own, text } from "../values/json.ts";
import { createActorRows, type ActorRows, type Started } from "./actor-rows.ts";
import type { Line } from "./line-kind.ts";
import { SCOPE, type Row } from "./requests.ts";

/** Where a turn's rows come from: `number` is its place in the session. */
export type TurnOptions = { readonly traceId: string; readonly sessionId: string; readonly number: number };

export type TurnRows = Pick<ActorRows, "started"> & {
  /** Takes the next line of the turn and gives the rows that it completes. */
  readonly add: (line: Line) => readonly Row[];
  /** The rest of the rows, the turn's own among them. */
  readonly finish: () => readonly Row[];
  /** The row that subagents of the main agent hang below. */
  readonly rootId: string;
};

/** Written for a prompt that Claude Code made itself, in words that do not show it. */
const NOTICE = "[SYSTEM NOTIFICATION - NOT USER INPUT]";

/** Turns the lines of one turn of the main agent into the rows of a trace. */
export function createTurnRows({ traceId, sessionId, number }: TurnOptions): TurnRows {
  const rootId = `turn-${number}`;
  const actor = createActorRows({ traceId, sessionId, parentObservationId: rootId }, "LLM Call");
  let hasPrompt = false;
  let prompt: unknown = null;
  let cwd: string | null = null;
  let version: string | null = null;

  return {
    rootId,
    started: actor.started,
    add: (line) => {
      // Sidechains of older versions stand between the lines of the turn; see `isSidechain`.
      if (isSidechain(line)) return [];
      cwd ??= text(own(line.record, "cwd"));
      version ??= text(own(line.record, "version"));
      if (!hasPrompt && OPENS.has(line.kind)) {
        hasPrompt = true;
        prompt = BY_MACHINE.has(line.kind) ? NOTICE : own(line.message, "content");
      }
      return actor.add(line);
    },
    finish: () => {
      const rows = actor.finish();
      const { start, end } = actor.span();
      const answer = actor.finalText();
      const root: Row = {
        id: rootId,
        traceId,
        sessionId,
        parentObservationId: null,
        traceName: `Claude Code - Turn ${number}`,
        tags: ["claude-code"],
        type: "SPAN",
        name: "Conversational Turn",
        startTime: start,
        endTime: end,
        level: actor.isInterrupted() ? "WARNING" : "DEFAULT",
        statusMessage: actor.isInterrupted() ? "[Request interrupted by user]" : "",
        input: { role: "user", content: prompt },
        output: { role: "assistant", content: answer },
        metadata: { cwd, session_id: sessionId, turn_number: number, claude_code_version: version, ...SCOPE },
      };
      return [...rows, root];
    },
  };
}

const OPENS: ReadonlySet<Line["kind"]> = new Set([
  "human",
  "command",
  "notification",
  "notice",
  "continuation",
] as const);
const BY_MACHINE: ReadonlySet<Line["kind"]> = new Set(["notification", "notice"] as const);

/** Whether a line belongs to a subagent that older versions of Claude Code wrote into its parent's transcript. */
export function isSidechain({ record }: Line): boolean {
  return own(record, "isSidechain") === true;
}

export type SubagentRows = Pick<ActorRows, "add" | "started"> & {
  /** No line of it was taken: what it did belongs to other turns. */
  readonly isEmpty: () => boolean;
  readonly finish: () => readonly Row[];
  readonly rootId: string;
};

/** Turns the lines of a subagent's transcript into rows below a span of its own; `parentId` is who called it. */
export function createSubagentRows(
  turn: TurnOptions,
  { agentId, agentType, parentId, call }: SubagentOptions,
): SubagentRows {
  const { traceId, sessionId } = turn;
  const rootId = `agent-${agentId}`;
  const actor = createActorRows({ traceId, sessionId, parentObservationId: rootId }, "Subagent LLM Call");
  return {
    rootId,
    started: actor.started,
    add: actor.add,
    isEmpty: () => actor.span().start === null,
    finish: () => {
      const rows = actor.finish();
      const { start, end } = actor.span();
      const span: Row = {
        id: rootId,
        traceId,
        sessionId,
        parentObservationId: parentId,
        type: "SPAN",
        name: `Subagent: ${call.description}`,
        startTime: start,
        endTime: end,
        output: { role: "assistant", content: actor.finalText() },
        metadata: { agent_type: call.type ?? agentType },
      };
      return [...rows, span];
    },
  };
}

export type SubagentOptions = {
  readonly agentId: string;
  /** As its own file names it; null in older versions. */
  readonly agentType: string | null;
  readonly parentId: string;
  readonly call: Started;
};
