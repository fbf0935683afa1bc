import { readFileSync, readdirSync } from "node:fs";
import { createTraceReducer, type TraceFacts } from "../../../mcp-server/src/trace/rows/reducer.ts";
import { summarize, type Audited } from "./audited.ts";
import { EXPORTERS } from "../exporters/facts.ts";
import { rowsOf } from "../langfuse/recordings.ts";
import { asObject, type JsonObject, type LegacyTrace, parseLegacyTrace } from "../langfuse/store.ts";

const fixtures = new URL("../../fixtures/", import.meta.url);

/** A recorded trace: which exporter wrote it (`exporter`) and what happened in it (`scenario`). */
export interface RecordedTrace {
  readonly exporter: string;
  readonly scenario: string;
  /** `<exporter>/<scenario>` */
  readonly name: string;
  readonly trace: LegacyTrace;
}

/** Every recorded trace of test/fixtures/traces, by exporter and scenario. */
export function readRecordedTraces(): readonly RecordedTrace[] {
  return readTraces().filter(({ exporter }) => !isConstructed(exporter));
}

/** Every trace of test/fixtures/traces that was built from a description, by exporter and scenario. */
export function readConstructedTraces(): readonly RecordedTrace[] {
  return readTraces().filter(({ exporter }) => isConstructed(exporter));
}

function isConstructed(name: string): boolean {
  const exporter = EXPORTERS[name];
  if (exporter === undefined) throw new Error(`test/support/exporters/facts.ts does not describe ${name}`);
  return exporter.isConstructed === true;
}

function readTraces(): readonly RecordedTrace[] {
  const root = new URL("traces/", fixtures);
  return readdirSync(root)
    .toSorted()
    .flatMap((exporter) =>
      readdirSync(new URL(`${exporter}/`, root))
        .toSorted()
        .map((file) => {
          const scenario = file.replace(/\.json$/u, "");
          const trace = parseLegacyTrace(readFileSync(new URL(`${exporter}/${file}`, root), "utf8"));
          return { exporter, scenario, name: `${exporter}/${scenario}`, trace };
        }),
    );
}

/** What a real server answered for a recorded trace. */
export interface ServedTrace {
  /** the file, for the test's name */
  readonly file: string;
  /** of the recorded trace it is an answer for: `<exporter>/<scenario>` */
  readonly name: string;
  readonly summarize: () => Audited;
}

/** Every answer of test/fixtures/rows and of test/fixtures/server-pairs that has a recorded trace beside it. */
export function readServedTraces(): readonly ServedTrace[] {
  return [
    ...readdirSync(new URL("rows/", fixtures)).map((file) => served("rows", file, /\.v[\d.]+[a-z-]*\.json$/u)),
    ...readdirSync(new URL("server-pairs/", fixtures))
      .filter((file) => file.endsWith(".json"))
      .map((file) => served("server-pairs", file, /\.(?:dual-)?v[\d.]+-(?:trace|observations)\.json$/u)),
  ];
}

function served(folder: string, file: string, suffix: RegExp): ServedTrace {
  const [exporter = "", ...scenario] = file.replace(suffix, "").split(".");
  return {
    file: `${folder}/${file}`,
    name: `${exporter}/${scenario.join(".")}`,
    summarize: () => {
      const written = readFileSync(new URL(`${folder}/${file}`, fixtures), "utf8");
      // Langfuse 2 cannot hold two projects' rows under one id, so the recording prefixed them.
      const body: unknown = JSON.parse(written.replaceAll(/"(?:docshook|officialplug)-(?=[0-9a-f]{16,32}")/gu, '"'));
      const rows = rowsOf(body);
      return rows.length > 0
        ? summarizeRows(String(rows[0]?.traceId), [rows])
        : summarizeTrace(parseLegacyTrace(JSON.stringify(body)));
    },
  };
}

/** What is kept of the body of `GET /traces/{id}`; `observations` in place of its rows, which a test damaged. */
export function factsOf(trace: LegacyTrace, observations: readonly unknown[] = trace.observations): TraceFacts {
  const reducer = createTraceReducer(trace.id);
  reducer.addTrace({ ...asObject(trace), observations });
  return reducer.finish();
}

/** What is kept of rows that arrive page by page. */
export function factsOfRows(traceId: string, pages: readonly (readonly unknown[])[]): TraceFacts {
  const reducer = createTraceReducer(traceId);
  for (const page of pages) reducer.addRows(page);
  return reducer.finish();
}

/** The summary of the body of `GET /traces/{id}`. */
export function summarizeTrace(trace: LegacyTrace): Audited {
  return summarize(factsOf(trace));
}

/** The summary of rows that arrive page by page. */
export function summarizeRows(traceId: string, pages: readonly (readonly unknown[])[]): Audited {
  return summarize(factsOfRows(traceId, pages));
}

/** The summary of a trace body whose rows are others, which a test damaged. */
export function summarizeBody(trace: LegacyTrace, observations: readonly unknown[]): Audited {
  return summarize(factsOf(trace, observations));
}

/** Numbers from 0 to 1, the same ones for the same seed. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The items in another order. */
export function shuffle<T>(items: readonly T[], random: () => number): T[] {
  const keyed = items.map((item) => ({ item, key: random() }));
  return keyed.toSorted((left, right) => left.key - right.key).map(({ item }) => item);
}

/** The items cut into pages of any length, empty ones included. */
export function paginate<T>(items: readonly T[], random: () => number): T[][] {
  const pages: T[][] = [];
  for (let at = 0; at < items.length;) {
    const length = Math.floor(random() * 9);
    pages.push(items.slice(at, at + length));
    at += length;
  }
  return pages;
}

/** Rows of a trace as objects, for tests that change them. */
export function observationsOf(trace: LegacyTrace): readonly JsonObject[] {
  return trace.observations.map(asObject);
}
