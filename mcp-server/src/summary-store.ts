import { createHash } from "node:crypto";
import { join } from "node:path";
import { formatJson } from "./core/format.ts";
import type { Summary } from "./core/schema.ts";
import { openFolder, readKnown, replaceFile, toWriteError } from "./files.ts";

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
  const name = toFileName(summary.trace_id);
  const path = [...FOLDER, name].join("/");
  try {
    const folder = await openFolder(projectFolder, FOLDER);
    const content = formatJson(summary);
    const known = await readKnown(join(folder, name));
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

/** An id that is no safe file name is percent-encoded, dots included; a long one is cut and told apart by its hash. */
export function toFileName(traceId: string): string {
  const encoded = encodeURIComponent(traceId.toWellFormed()).replace(
    /[.!'()*~]/gu,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  // File systems allow 255 bytes; the temporary file's name is 19 longer.
  const isLong = encoded.length > 200;
  return `${isLong ? `${encoded.slice(0, 150)}-${createHash("sha256").update(traceId).digest("hex").slice(0, 16)}` : encoded}.json`;
}
