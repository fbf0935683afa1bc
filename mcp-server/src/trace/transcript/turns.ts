import { isRecord, own as field, text, type JsonRecord } from "../values/json.ts";
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
  /** When the next turn began; null for the last. */
  readonly until: number | null;
  /** The uuids of its lines that stood in the file before it began: Claude Code writes history again. */
  readonly repeated: ReadonlySet<string>;
  /** The model had the last word and said so. */
  readonly isAnswered: boolean;
  /** It ends in text of which the model has not said that it is the last; older versions of Claude Code never say it. */
  readonly mayGoOn: boolean;
};

type Open = { -readonly [key in keyof Turn]: Turn[key] } & { repeated: Set<string> };

export type TurnFinder = {
  /** Takes the next line and the byte that it begins at. */
  readonly add: (line: Line, from: number) => void;
  /** A line that was not parsed: results of tools, which end no turn and open none. `has`: it holds this call's id. */
  readonly addResults: (has: (callId: string) => boolean) => void;
  /** The turns, the last of them up to byte `end`. */
  readonly finish: (end: number) => readonly Turn[];
  /**
   * The number of the turn that asked for an audit and still waits for this plugin's own tools, or was killed in the middle of
   * that; null without one. The turn may have no line but the command yet, and then is none of `finish`.
   */
  readonly auditing: () => number | null;
};

const OWN_TOOL = /__(?:fetch_trace|write_summary)$/u;
const OWN_COMMAND = /<command-name>\/?(?:trace-audit:)?audit<\/command-name>/u;

/** A call of this plugin's own tools without a result, and the message that asked for it. */
type OwnCall = { readonly id: string | null; readonly message: string | null };

/** Of most turns; never added to. */
const NONE = new Set<string>();

/**
 * Finds where the turns of a session begin: at each human prompt or notification, never at a tool's result, and never at
 * a line whose uuid stood in the file before: a compaction and a resumed session write earlier lines again.
 */
export function createTurnFinder(): TurnFinder {
  const turns: Open[] = [];
  /** The byte at which each line stood first. */
  const firstAt = new Map<string, number>();
  const repeats: { readonly uuid: string; readonly at: number }[] = [];
  let pending: { readonly line: Line; readonly from: number; readonly isHuman: boolean } | null = null;
  let own: OwnCall | null = null;

  const isRepeat = ({ uuid }: Line, at: number): boolean => {
    if (uuid === null) return false;
    if (!firstAt.has(uuid)) {
      firstAt.set(uuid, at);
      return false;
    }
    repeats.push({ uuid, at });
    return true;
  };

  const openTurn = (line: Line, from: number, isHuman: boolean): Open => {
    const last = turns.at(-1);
    if (last !== undefined) {
      last.to = from;
      last.until = line.time;
    }
    pending = null;
    own = null;
    const opened: Open = {
      number: turns.length + 1,
      from,
      to: from,
      uuid: line.uuid,
      isHuman,
      startedAt: line.time,
      endedAt: line.time,
      until: null,
      repeated: NONE,
      isAnswered: false,
      mayGoOn: false,
    };
    turns.push(opened);
    return opened;
  };

  /**
   * The turn that a step belongs to; a command or a notice becomes one with its first step, and so does what precedes any
   * prompt.
   */
  const current = (line: Line, from: number): Open => {
    if (pending !== null) return openTurn(pending.line, pending.from, pending.isHuman);
    return turns.at(-1) ?? openTurn(line, from, true);
  };

  return {
    add: (line, from) => {
      if (isSidechain(line) || isRepeat(line, from)) return;
      switch (line.kind) {
        case "human":
        case "notification":
          openTurn(line, from, line.kind === "human");
          return;
        case "continuation":
          if (turns.length === 0) pending = { line, from, isHuman: true };
          return;
        case "command":
        case "notice":
          pending = { line, from, isHuman: line.kind === "command" };
          return;
        case "answer": {
          const turn = current(line, from);
          const stop = text(field(line.message, "stop_reason"));
          const calls = callsOf(line);
          turn.endedAt = line.time ?? turn.endedAt;
          turn.isAnswered = calls.length === 0 && stop !== null && stop !== "tool_use";
          turn.mayGoOn = calls.length === 0 && stop === null;
          const asked = calls.find(({ name }) => OWN_TOOL.test(name));
          const message = text(field(line.message, "id"));
          // The other calls of one message come in lines of their own.
          if (asked !== undefined) own = { id: asked.id, message };
          else if (own?.message !== message || message === null) own = null;
          return;
        }
        case "interrupt": {
          const turn = current(line, from);
          turn.isAnswered = false;
          turn.mayGoOn = false;
          own = null;
          return;
        }
        case "results":
          if (idsOfResults(line).includes(own?.id ?? null)) own = null;
          return;
        default:
      }
    },
    addResults: (has) => {
      if (own !== null && (own.id === null || has(own.id))) own = null;
    },
    finish: (end) => {
      const last = turns.at(-1);
      if (last !== undefined) last.to = end;
      let place = 0;
      for (const { uuid, at } of repeats) {
        while ((turns[place]?.to ?? Infinity) <= at) place += 1;
        const turn = turns[place];
        if (turn === undefined || (firstAt.get(uuid) ?? 0) >= turn.from) continue;
        if (turn.repeated === NONE) turn.repeated = new Set();
        turn.repeated.add(uuid);
      }
      return turns;
    },
    // The command may be on disk before the call that it led to.
    auditing: () => {
      if (own !== null) return turns.length;
      return pending !== null && asksForAudit(pending.line) ? turns.length + 1 : null;
    },
  };
}

function asksForAudit({ message }: Line): boolean {
  const content = field(message, "content");
  return typeof content === "string" && OWN_COMMAND.test(content.slice(0, 2000));
}

function callsOf({ message }: Line): readonly { readonly id: string | null; readonly name: string }[] {
  return blocksOf(message, "tool_use").map((block) => ({
    id: text(field(block, "id")),
    name: text(field(block, "name")) ?? "",
  }));
}

function idsOfResults({ message }: Line): readonly (string | null)[] {
  return blocksOf(message, "tool_result").map((block) => text(field(block, "tool_use_id")));
}

function blocksOf(message: JsonRecord, type: string): readonly JsonRecord[] {
  const content = field(message, "content");
  return Array.isArray(content) ? content.filter(isRecord).filter((block) => field(block, "type") === type) : [];
}
