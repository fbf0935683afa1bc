import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  agentOf,
  beginOf,
  type Counted,
  isJson,
  type Json,
  listOf,
  NOBODY_STARTED,
  tally,
  textOf,
  toolOf,
  typedOf,
} from "./counted.ts";

/** The lines of a JSONL file, each once; a line that is not JSON is left out. */
function linesOf(path: string): readonly Json[] {
  const seen = new Set<unknown>();
  return readFileSync(path, "utf8")
    .split("\n")
    .flatMap((line) => {
      try {
        const parsed: unknown = JSON.parse(line);
        if (!isJson(parsed) || (parsed.uuid !== undefined && seen.has(parsed.uuid))) return [];
        seen.add(parsed.uuid);
        return [parsed];
      } catch {
        return [];
      }
    });
}

const contentOf = ({ message }: Json): unknown => (isJson(message) ? message.content : undefined);
const blocksOf = (line: Json, type: string): readonly Json[] =>
  listOf(contentOf(line)).filter((one) => one.type === type);
const timeOf = ({ timestamp }: Json): number => Date.parse(String(timestamp));
const isStandIn = ({ message, isApiErrorMessage }: Json): boolean =>
  isJson(message) && message.model === "<synthetic>" && isApiErrorMessage !== true;
const isAnswer = (line: Json): boolean => line.type === "assistant" && !isStandIn(line);
const isInterrupt = (line: Json): boolean =>
  line.type === "user" && textOf(contentOf(line)).startsWith("[Request interrupted");
const isResult = (line: Json): boolean => blocksOf(line, "tool_result").length > 0;

/** Whether a line can open a turn: somebody's message that is neither a result nor the program's own. */
function isPrompt(line: Json): boolean {
  if (line.type !== "user" || line.isMeta === true || line.isCompactSummary === true || isResult(line)) return false;
  const said = textOf(contentOf(line));
  return !isInterrupt(line) && (typedOf(said) !== null || /^<task-notification|^\[SYSTEM NOTIFICATION/u.test(said));
}

const isCommand = (line: Json): boolean =>
  /^\s*<(?:command-name|command-message|bash-input)>/u.test(textOf(contentOf(line)));

/** The turns of one session's transcript, with what its subagents' own files hold. */
export function countTranscript(folder: string, sessionId: string): readonly Counted[] {
  const lines = linesOf(join(folder, `${sessionId}.jsonl`)).filter(({ isSidechain }) => isSidechain !== true);
  const turns: Json[][] = [];
  for (const line of lines) {
    if (isPrompt(line)) turns.push([line]);
    else turns.at(-1)?.push(line);
  }
  const agents = agentFiles(join(folder, sessionId, "subagents"));
  return turns
    .filter((turn) => turn[0] !== undefined && (!isCommand(turn[0]) || turn.some(isAnswer)))
    .map((turn, at) => countTurn(`${sessionId}-${at + 1}`, turn, agents));
}

interface AgentFile {
  readonly callId: unknown;
  readonly lines: readonly Json[];
}

function agentFiles(folder: string): readonly AgentFile[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith(".jsonl"));
  return names.map((name) => {
    const about = join(folder, name.replace(".jsonl", ".meta.json"));
    const meta: unknown = existsSync(about) ? JSON.parse(readFileSync(about, "utf8")) : {};
    return { callId: isJson(meta) ? meta.toolUseId : undefined, lines: linesOf(join(folder, name)) };
  });
}

function countTurn(id: string, turn: readonly Json[], files: readonly AgentFile[]): Counted {
  const own = callsOf(turn);
  const agents = withNested(own, files);
  const inner = agents.flatMap(callsOf);
  const calls = [...own, ...inner];
  const results = [...turn, ...agents.flat()].flatMap((line) => blocksOf(line, "tool_result"));
  const failed = new Map(
    results.filter(({ is_error: isError }) => isError === true).map((one) => [one.tool_use_id, one]),
  );
  const asked = calls.filter(({ name }) => toolOf(name) === "agent");
  const started = asked.filter(
    (call) => files.some(({ callId }) => callId === call.id) || !NOBODY_STARTED.test(saidOf(failed.get(call.id))),
  );
  const steps = turn.filter((line) => isAnswer(line) || isResult(line) || isInterrupt(line));
  const first = turn[0] ?? {};
  const last = steps.at(-1) ?? first;
  return {
    id,
    tools: tally(calls.map(({ name }) => toolOf(name))),
    subagentCalls: inner.length === 0 && started.length > 0 && agents.length === 0 ? null : inner.length,
    subagents: [...new Set(started.map(({ input }) => agentOf(input)))].toSorted(),
    failed: calls.filter((call) => failed.has(call.id)).length,
    goal: goalOf(textOf(contentOf(first))),
    end: endOf(turn),
    duration: timeOf(last) - timeOf(first),
  };
}

/** Calls by their id: the lines of one answer can repeat one. */
function callsOf(lines: readonly Json[]): readonly Json[] {
  const calls = lines.filter(isAnswer).flatMap((line) => blocksOf(line, "tool_use"));
  return [...new Map(calls.map((call) => [call.id, call])).values()];
}

/** The lines of the agents that the calls started, and of those that these started. */
function withNested(calls: readonly Json[], files: readonly AgentFile[]): readonly (readonly Json[])[] {
  const ids = new Set(calls.map(({ id }) => id));
  const direct = files.filter(({ callId }) => ids.has(callId)).map(({ lines }) => lines);
  return direct.flatMap((lines) => [lines, ...withNested(callsOf(lines), files)]);
}

const saidOf = (result: Json | undefined): string => textOf(result?.content);

function goalOf(prompt: string): string | null {
  const typed = typedOf(prompt);
  return typed === null ? null : beginOf(typed);
}

function endOf(turn: readonly Json[]): Counted["end"] {
  if (turn.some(isInterrupt)) return "interrupted";
  const last = turn.findLast(isAnswer);
  if (last === undefined) return "cut_off";
  if (last.isApiErrorMessage === true) return "api_error";
  return blocksOf(last, "tool_use").length > 0 || textOf(contentOf(last)).trim() === "" ? "cut_off" : "answered";
}
