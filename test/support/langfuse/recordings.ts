import { readFileSync } from "node:fs";
import { asObject, isObject, type JsonObject, type LegacyTrace, parseLegacyTrace } from "./store.ts";
import type { Generation } from "./stand-in.ts";

/** One request to a real server and what it answered. */
export interface Recording {
  readonly name: string;
  readonly method: string;
  /** with the query */
  readonly path: string;
  readonly auth: string;
  readonly status: number;
  readonly contentType: string;
  readonly body: unknown;
  /** sizes of a body that was left out */
  readonly leftOut: JsonObject | undefined;
  /** whether the body lacks rows that the server sent */
  readonly isShortened: boolean;
}

const fixtures = new URL("../../fixtures/", import.meta.url);

/** The recordings of one server version, such as "v4.16.0-dual". */
export function readRecordings(version: string): Recording[] {
  const text = readFileSync(new URL(`langfuse-http/${version}.jsonl`, fixtures), "utf8");
  return text.trimEnd().split("\n").map(parseRecording);
}

function parseRecording(line: string): Recording {
  const value = asObject(JSON.parse(line));
  return {
    name: String(value.name),
    method: String(value.method),
    path: String(value.path),
    auth: String(value.auth),
    status: Number(value.status),
    contentType: String(asObject(value.headers)["content-type"]),
    body: value.body,
    leftOut: isObject(value.body_left_out) ? value.body_left_out : undefined,
    isShortened: value.rows_left_out !== undefined,
  };
}

/** A trace of the server pairs: what a real server answered, or the same data before it was sent. */
export const readPairTrace = (name: string): LegacyTrace =>
  parseLegacyTrace(readFileSync(new URL(`server-pairs/${name}.json`, fixtures), "utf8"));

/** The rows of a recorded `v2/observations` answer of the server pairs. */
export function readPairRows(name: string): JsonObject[] {
  const text = readFileSync(new URL(`server-pairs/${name}.json`, fixtures), "utf8");
  return rowsOf(JSON.parse(text));
}

/** The rows of a list answer; none for any other body. */
export function rowsOf(body: unknown): JsonObject[] {
  const { data } = asObject(body);
  return Array.isArray(data) ? data.filter(isObject) : [];
}

/** Basic authentication as the recordings name it: ok, badkey, badsecret or none. */
export function headersFor(auth: string): Record<string, string> {
  if (auth === "none") return {};
  const publicKey = auth === "badkey" ? "pk-lf-other" : "pk-lf-test";
  const secretKey = auth === "ok" ? "sk-lf-test" : "sk-lf-other";
  const encoded = Buffer.from(`${publicKey}:${secretKey}`).toString("base64");
  return { authorization: `Basic ${encoded}` };
}

/** A trace of `count` spans one second apart, below one root. */
export function createLongTrace(id: string, count: number): LegacyTrace {
  const start = Date.parse("2026-11-23T01:00:00.000Z");
  const at = (second: number): string => new Date(start + second * 1000).toISOString();
  return {
    id,
    name: "many-obs",
    timestamp: at(0),
    observations: Array.from({ length: count }, (_, index) => ({
      id: `many-${index}`,
      type: "SPAN",
      name: index === 0 ? "root" : "step",
      parentObservationId: index === 0 ? null : "many-0",
      startTime: at(index),
      endTime: at(index + 1),
    })),
  };
}

/** Traces that make a replay of the recordings meaningful: the recorded ones, and as many more as the server had. */
export function seedsFor(generation: Generation, recordings: readonly Recording[]): LegacyTrace[] {
  const recorded = generation === "v4-events-only" ? readRecordings("v4.16.0-dual") : recordings;
  const seeds = ["get_finished", "get_running", "get_empty", "get_odd"].flatMap((name) => {
    const found = recorded.find((one) => one.name === name);
    return found === undefined ? [] : [parseLegacyTrace(JSON.stringify(found.body))];
  });
  const total = Number(asObject(asObject(recordings.find((one) => one.name === "list_page_2")?.body).meta).totalItems);
  const fillers = Array.from({ length: Math.max(0, (total || 0) - seeds.length - 1) }, (_, index) =>
    createLongTrace(`filler-${index}`, 1),
  );
  const named = generation === "v4-events-only" ? seeds.map(toOtelTrace) : seeds;
  const longId = generation === "v4-events-only" ? otelIds["trace-many-obs"] : "trace-many-obs";
  return [...named, createLongTrace(longId, 3001), ...fillers];
}

/** The ids under which the events_only server got what the dual server got from an older SDK. */
const otelIds = {
  "trace-finished-1": "aca8ca0e13866750b27a561a578db3ec",
  "trace-running-1": "06f837362e0be5d7abab0f060c2bb713",
  "trace-odd-1": "d79b4778290fb325c82bf46d47ffa74d",
  "trace-many-obs": "09fef45180575fb4cd4aa889d5340330",
} as const;

function toOtelTrace(trace: LegacyTrace): LegacyTrace {
  const id = Object.entries(otelIds).find(([old]) => old === trace.id)?.[1] ?? trace.id;
  const observations = trace.observations.map((one) =>
    one.parentObservationId === null ? { ...one, name: trace.name } : one,
  );
  return { ...trace, id, observations };
}
