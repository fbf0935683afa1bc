import { isRecord, own, text } from "../values/json.ts";
import type { Line } from "./line-kind.ts";
import { isSidechain } from "./turn-rows.ts";

/** A turn of a session and where its lines stand in the file: bytes from `from` up to `to`. */
export type Turn = {
  /** Counted from 1 in the order of the file, so that it never changes while the file grows. */
  readonly number: number;
  readonly from: number;
  readonly to: number;
  /** The uuid of the line that opened it: a forked session repeats it. */
  readonly uuid: string | null;
  readonly isHuman: boolean;
  /** Milliseconds since 1970 of its first and of its last line that was looked at. */
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** The model had the last word and said so. */
  readonly isAnswered: boolean;
  /** It ends in text of which the model has not said that it is the last; older versions of Claude Code never say it. */
  readonly mayGoOn: boolean;
};

type Open = { -readonly [key in keyof Turn]: Turn[key] };

export type TurnFinder = {
  /** Takes the next line and the byte that it begins at. */
  readonly add: (line: Line, from: number) => void;
  /** A line that was not parsed: results of tools, which end no turn and open none. */
  readonly addResults: () => void;
  /** The turns, the last of them up to byte `end`. */
  readonly finish: (end: number) => readonly Turn[];
  /** A call of this plugin's own tools is under way: it is the session that asked for the audit. */
  readonly isAuditing: () => boolean;
};

const OWN_TOOL = /__(?:fetch_trace|write_summary)$/u;
const OWN_COMMAND = /<command-name>\/?(?:trace-audit:)?audit<\/command-name>/u;

/** Finds where the turns of a session begin: at each human prompt or notification, never at a tool's result. */
export function createTurnFinder(): TurnFinder {
  const turns: Open[] = [];
  let pending: { readonly line: Line; readonly from: number } | null = null;
  let isAuditing = false;

  const openTurn = (line: Line, from: number, isHuman: boolean): Open => {
    const last = turns.at(-1);
    if (last !== undefined) last.to = from;
    pending = null;
    isAuditing = false;
    const opened: Open = {
      number: turns.length + 1,
      from,
      to: from,
      uuid: line.uuid,
      isHuman,
      startedAt: line.time,
      endedAt: line.time,
      isAnswered: false,
      mayGoOn: false,
    };
    turns.push(opened);
    return opened;
  };

  /** The turn that a step belongs to; a command becomes one with its first step, and so does what precedes any prompt. */
  const current = (line: Line, from: number): Open => {
    if (pending !== null) return openTurn(pending.line, pending.from, true);
    return turns.at(-1) ?? openTurn(line, from, true);
  };

  return {
    add: (line, from) => {
      if (isSidechain(line)) return;
      switch (line.kind) {
        case "human":
        case "notification":
          openTurn(line, from, line.kind === "human");
          return;
        case "continuation":
          if (turns.length === 0) pending = { line, from };
          return;
        case "command":
          pending = { line, from };
          return;
        case "answer": {
          const turn = current(line, from);
          const stop = text(own(line.message, "stop_reason"));
          const calls = namesOfCalls(line);
          turn.endedAt = line.time ?? turn.endedAt;
          turn.isAnswered = calls.length === 0 && stop !== null && stop !== "tool_use";
          turn.mayGoOn = calls.length === 0 && stop === null;
          isAuditing = calls.some((name) => OWN_TOOL.test(name));
          return;
        }
        case "interrupt": {
          const turn = current(line, from);
          turn.isAnswered = false;
          turn.mayGoOn = false;
          isAuditing = false;
          return;
        }
        case "results":
          isAuditing = false;
          return;
        default:
      }
    },
    addResults: () => {
      isAuditing = false;
    },
    finish: (end) => {
      const last = turns.at(-1);
      if (last !== undefined) last.to = end;
      return turns;
    },
    // The command may be on disk before the call that it led to.
    isAuditing: () => isAuditing || (pending !== null && asksForAudit(pending.line)),
  };
}

function asksForAudit({ message }: Line): boolean {
  const content = own(message, "content");
  return typeof content === "string" && OWN_COMMAND.test(content.slice(0, 2000));
}

function namesOfCalls({ message }: Line): readonly string[] {
  const content = own(message, "content");
  if (!Array.isArray(content)) return [];
  return content.flatMap((block) =>
    isRecord(block) && own(block, "type") === "tool_use" ? [text(own(block, "name")) ?? ""] : [],
  );
}
