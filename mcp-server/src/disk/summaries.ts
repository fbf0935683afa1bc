import { join } from "node:path";
import { parseFacts, type SummaryFacts } from "../audit/evidence/summary-facts.ts";
import { toRun, type Run } from "../audit/compare/run.ts";
import { SUMMARIES } from "../audit/layout/places.ts";
import { formatJson } from "../trace/values/format-json.ts";
import type { Summary } from "../trace/summary/schema.ts";
import { namesIn, openFolder, readPlain, replaceFile, timeOf, toSha256, toWriteError, tryRead } from "./files.ts";

export type Written = {
  readonly trace_id: string;
  /** Relative to the project, with forward slashes. */
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly status: "created" | "unchanged" | "replaced";
};

/**
 * Writes a summary to `docs/audit/summaries/<trace_id>.json` below the project, atomically: the file is whole or absent,
 * whatever happens meanwhile, and nothing is written through a link. The same summary leaves the file untouched.
 */
export function writeSummary(projectFolder: string, summary: Summary): Written {
  let name = toFileName(summary.trace_id);
  try {
    const folder = openFolder(projectFolder, SUMMARIES);
    const content = formatJson(summary);
    let known = readPlain(join(folder, name))?.text ?? null;
    if (known !== null && isAnothers(known, summary.trace_id)) {
      name = toDistinctName(summary.trace_id);
      known = readPlain(join(folder, name))?.text ?? null;
    }
    if (known !== content) replaceFile(folder, name, content);
    return {
      trace_id: summary.trace_id,
      path: `${SUMMARIES}/${name}`,
      sha256: toSha256(content),
      bytes: Buffer.byteLength(content),
      status: known === null ? "created" : known === content ? "unchanged" : "replaced",
    };
  } catch (error) {
    throw toWriteError(error, "summary", `${SUMMARIES}/${name}`);
  }
}

/** As many traces as an audit has at most. */
const MAX_TRACES = 50;

/** What the written summaries of an audit's traces tell of its runs; null for one that cannot be read. */
export function readRuns(projectFolder: string, traceIds: readonly string[]): readonly (Run | null)[] {
  return readFacts(projectFolder, traceIds).map((facts) => (facts === null ? null : toRun(facts)));
}

/** The written summaries of an audit's traces, at most 50; null for one that cannot be read. */
export function readFacts(projectFolder: string, traceIds: readonly string[]): readonly (SummaryFacts | null)[] {
  return [...new Set(traceIds)].slice(0, MAX_TRACES).map((traceId) => {
    const facts = [toFileName(traceId), toDistinctName(traceId)]
      .map((name) => parseFacts(tryRead(join(projectFolder, SUMMARIES, name))?.text ?? ""))
      .find((found) => found?.trace_id === traceId);
    return facts ?? null;
  });
}

/**
 * The newest summaries of the project by the time they were written, at most `count`: path relative to the project, and JSON
 * text. A file that is a link or no summary is none. Never throws.
 */
export function readNewestSummaries(
  projectFolder: string,
  count: number,
): readonly { readonly path: string; readonly text: string }[] {
  const files = namesIn(join(projectFolder, SUMMARIES))
    .filter((name) => name.endsWith(".json"))
    .map((name) => ({ name, at: timeOf(join(projectFolder, SUMMARIES, name)) }))
    .toSorted((left, right) => right.at - left.at || (left.name < right.name ? -1 : 1));
  const found: { readonly path: string; readonly text: string }[] = [];
  for (const { name } of files) {
    if (found.length >= count) break;
    const text = tryRead(join(projectFolder, SUMMARIES, name), MAX_BYTES)?.text ?? "";
    if (parseFacts(text) !== null) found.push({ path: `${SUMMARIES}/${name}`, text });
  }
  return found;
}

/** Far more than a summary has. */
const MAX_BYTES = 100_000;

/** A disk that does not tell upper from lower case finds the summary of another trace under this one's name. */
function isAnothers(content: string, traceId: string): boolean {
  return (parseFacts(content)?.trace_id ?? traceId) !== traceId;
}

function toDistinctName(traceId: string): string {
  return `${toEncoded(traceId).slice(0, 150)}-${toSha256(traceId).slice(0, 16)}.json`;
}

/** An id that is no safe file name is percent-encoded, dots included; a long one is cut and told apart by its hash. */
function toFileName(traceId: string): string {
  const encoded = toEncoded(traceId);
  // File systems allow 255 bytes; the temporary file's name is 19 longer.
  return encoded.length > 200 ? toDistinctName(traceId) : `${encoded}.json`;
}

/** Names that Windows keeps for devices, whatever ending follows. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)$/iu;

function toEncoded(traceId: string): string {
  const encoded = encodeURIComponent(traceId.toWellFormed()).replace(
    /[.!'()*~]/gu,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return DEVICE.test(encoded) ? `%${encoded.charCodeAt(0).toString(16).toUpperCase()}${encoded.slice(1)}` : encoded;
}
