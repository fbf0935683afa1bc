import { createHash } from "node:crypto";
import { join } from "node:path";
import { parseRun, type Run } from "../audit/compare/run.ts";
import { formatJson } from "../trace/values/format-json.ts";
import type { Summary } from "../trace/summary/schema.ts";
import { openFolder, readKnown, replaceFile, toWriteError, tryRead } from "./files.ts";

export type Written = {
  readonly trace_id: string;
  /** Relative to the project, with forward slashes. */
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly status: "created" | "unchanged" | "replaced";
};

const FOLDER = ["docs", "audit", "summaries"] as const;

/**
 * Writes a summary to `docs/audit/summaries/<trace_id>.json` below the project, atomically: the file is whole or absent,
 * whatever happens meanwhile, and nothing is written through a link. The same summary leaves the file untouched.
 */
export async function writeSummary(projectFolder: string, summary: Summary): Promise<Written> {
  let name = toFileName(summary.trace_id);
  let path = [...FOLDER, name].join("/");
  try {
    const folder = await openFolder(projectFolder, FOLDER);
    const content = formatJson(summary);
    let known = await readKnown(join(folder, name));
    if (known !== null && isAnothers(known, summary.trace_id)) {
      name = toDistinctName(summary.trace_id);
      path = [...FOLDER, name].join("/");
      known = await readKnown(join(folder, name));
    }
    if (known !== content) await replaceFile(folder, name, content);
    return {
      trace_id: summary.trace_id,
      path,
      sha256: createHash("sha256").update(content).digest("hex"),
      bytes: Buffer.byteLength(content),
      status: known === null ? "created" : known === content ? "unchanged" : "replaced",
    };
  } catch (error) {
    throw toWriteError(error, "summary", path);
  }
}

/** As many traces as an audit has at most. */
const MAX_TRACES = 50;

/** What the written summaries of an audit's traces tell of its runs; null for one that cannot be read. */
export async function readRuns(projectFolder: string, traceIds: readonly string[]): Promise<readonly (Run | null)[]> {
  const ids = [...new Set(traceIds)].slice(0, MAX_TRACES);
  return Promise.all(ids.map(async (traceId) => readRun(projectFolder, traceId)));
}

async function readRun(projectFolder: string, traceId: string): Promise<Run | null> {
  for (const name of [toFileName(traceId), toDistinctName(traceId)]) {
    const content = await tryRead(join(projectFolder, ...FOLDER, name));
    const run = parseRun(content ?? "");
    if (run?.traceId === traceId) return run;
  }
  return null;
}

/** A disk that does not tell upper from lower case finds the summary of another trace under this one's name. */
function isAnothers(content: string, traceId: string): boolean {
  const found = parseRun(content)?.traceId;
  return found !== undefined && found !== traceId;
}

function toDistinctName(traceId: string): string {
  return `${toEncoded(traceId).slice(0, 150)}-${toDigest(traceId)}.json`;
}

/** An id that is no safe file name is percent-encoded, dots included; a long one is cut and told apart by its hash. */
function toFileName(traceId: string): string {
  const encoded = toEncoded(traceId);
  // File systems allow 255 bytes; the temporary file's name is 19 longer.
  return encoded.length > 200 ? toDistinctName(traceId) : `${encoded}.json`;
}

function toDigest(traceId: string): string {
  return createHash("sha256").update(traceId).digest("hex").slice(0, 16);
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
