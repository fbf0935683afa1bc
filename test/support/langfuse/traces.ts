import { readFileSync } from "node:fs";
import { isObject, type LegacyObservation, type LegacyTrace, parseLegacyTrace } from "./store.ts";

const fixtures = new URL("../../fixtures/traces/", import.meta.url);

/** A recorded trace, such as "native-otel/rich-content". */
export const readFixture = (name: string): LegacyTrace =>
  parseLegacyTrace(readFileSync(new URL(`${name}.json`, fixtures), "utf8"));

const timeKeys = ["startTime", "endTime", "completionStartTime", "createdAt", "updatedAt", "timestamp"] as const;

/** When the last observation of a trace ended, in milliseconds since 1970. */
export const endOf = ({ observations }: LegacyTrace): number =>
  Math.max(
    ...observations.map(({ startTime, endTime }) => Date.parse(typeof endTime === "string" ? endTime : startTime)),
  );

/** A copy of a trace with an id of its own that ended `secondsAgo`; all its times are moved by the same amount. */
export function moveTrace(trace: LegacyTrace, id: string, secondsAgo: number, now = Date.now()): LegacyTrace {
  const shift = now - secondsAgo * 1000 - endOf(trace);
  const move = <T extends object>(value: T): T => changeTimes(value, (time) => time + shift);
  return { ...move(trace), id, observations: trace.observations.map((one) => ({ ...move(one), traceId: id })) };
}

/**
 * A copy of a trace that took `factor` times as long; what came after its end, such as its export, comes as long after as it
 * did. The recorded runs were played by a script that never had to think.
 */
export function stretchTrace(trace: LegacyTrace, factor: number): LegacyTrace {
  const start = Math.min(...trace.observations.map(({ startTime }) => Date.parse(startTime)));
  const end = endOf(trace);
  const move = <T extends object>(value: T): T =>
    changeTimes(value, (time) => time + (Math.min(time, end) - start) * (factor - 1));
  return { ...move(trace), observations: trace.observations.map(move) };
}

function changeTimes<T extends object>(value: T, change: (time: number) => number): T {
  const changed = timeKeys.flatMap((key) => {
    const time: unknown = Object.getOwnPropertyDescriptor(value, key)?.value;
    return typeof time === "string" ? [[key, new Date(change(Date.parse(time))).toISOString()]] : [];
  });
  return Object.assign({ ...value }, Object.fromEntries(changed));
}

/** A trace of another application. */
export function otherTrace(id: string, secondsAgo: number, name = "checkout-bot"): LegacyTrace {
  const time = new Date(Date.now() - secondsAgo * 1000).toISOString();
  const root = { id: `${id}-root`, type: "SPAN", name, parentObservationId: null, startTime: time, endTime: time };
  return { id, name, timestamp: time, tags: [], observations: [root] };
}

/** A turn in Langfuse's native form with one request and one Read: the least that is a completed Claude Code trace. */
export function smallTurn(id: string, secondsAgo: number, prompt = `Do the work of ${id}`): LegacyTrace {
  const end = Date.now() - secondsAgo * 1000;
  const at = (ms: number): string => new Date(end - 2000 + ms).toISOString();
  const attributes = { "session.id": `session-${id}` };
  const row = (name: string, type: string, from: number, to: number, more: Readonly<Record<string, unknown>>) => ({
    id: `${id}-${name}`,
    type,
    name,
    parentObservationId: `${id}-claude_code.interaction`,
    startTime: at(from),
    endTime: at(to),
    metadata: { attributes: { ...attributes, ...more }, scope: { name: "com.anthropic.claude_code.tracing" } },
  });
  const observations: LegacyObservation[] = [
    {
      ...row("claude_code.interaction", "AGENT", 0, 2000, {
        "span.type": "interaction",
        user_prompt: prompt,
        "interaction.duration_ms": "2000",
      }),
      parentObservationId: null,
    },
    row("Read", "TOOL", 500, 600, { "span.type": "tool", tool_name: "Read", file_path: "/home/dev/app/src/a.js" }),
    row("claude_code.llm_request", "GENERATION", 700, 1900, {
      "span.type": "llm_request",
      stop_reason: "end_turn",
      query_source_safe: "sdk",
    }),
  ];
  return { id, name: "claude_code.interaction", timestamp: at(0), latency: 2, tags: [], observations };
}

/** A copy in which `change` was applied to every text below `value`; it is told the key the text stands under. */
export function mapTexts(value: unknown, change: (text: string, key: string) => string, key = ""): unknown {
  if (typeof value === "string") return change(value, key);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change, key));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, mapTexts(item, change, name)]));
}

/** A native turn with `count` reads of files of their own, one second apart. */
export function longTurn(id: string, count: number, secondsAgo: number): LegacyTrace {
  const turn = smallTurn(id, secondsAgo);
  const last = Date.parse(turn.timestamp) + 500;
  const read = turn.observations.find(({ type }) => type === "TOOL");
  const others = turn.observations.filter(({ type }) => type !== "TOOL");
  const start = new Date(last - count * 1000).toISOString();
  const reads = Array.from({ length: count }, (_, at): LegacyObservation => {
    const time = last - (count - at) * 1000;
    const attributes = { "span.type": "tool", tool_name: "Read", file_path: `/home/dev/app/src/f${at}.js` };
    return {
      type: "TOOL",
      ...read,
      id: `${id}-read-${at}`,
      startTime: new Date(time).toISOString(),
      endTime: new Date(time + 100).toISOString(),
      metadata: { attributes, scope: { name: "com.anthropic.claude_code.tracing" } },
    };
  });
  const rest = others.map((one) => (one.parentObservationId === null ? { ...one, startTime: start } : one));
  return { ...turn, timestamp: start, latency: count + 2, observations: [...rest, ...reads] };
}
