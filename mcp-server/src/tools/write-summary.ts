import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { z } from "zod";
import { toSelector, type Auditor, type Named } from "../auditor.ts";
import { AuditError } from "../audit-error.ts";
import type { Written } from "../disk/summaries.ts";
import type { RunComparison } from "../audit/compare/render.ts";
import { RunComparisonSchema } from "../audit/compare/schema.ts";
import { SUMMARIES } from "../audit/layout/places.ts";
import type { Summary } from "../trace/summary/schema.ts";
import type { Selector } from "../audit/audit-argument.ts";

/** As many traces as a sample has at most. */
const MAX_IDS = 50;

const inputSchema = z.strictObject({
  trace_ids: z
    .array(z.string())
    .min(1)
    .max(MAX_IDS)
    .describe("Every trace_id of the summaries that fetch_trace returned, in one call"),
});

const WrittenSummary = z.strictObject({
  trace_id: z.string(),
  path: z.string(),
  sha256: z.string(),
  bytes: z.int(),
  status: z.enum(["created", "unchanged", "replaced"]),
  comparison: RunComparisonSchema.nullable().describe(
    "The comparison with the audit before, when there is one and those of all summaries fit the answer",
  ),
});
const NotWritten = z.strictObject({ trace_id: z.string(), error: z.string() });

/** What `write_summary` answers: what became of each id, in their order. */
export const WriteSummaryOutput = z.strictObject({ summaries: z.array(z.union([WrittenSummary, NotWritten])) });

/** A summary that was written, and how its run compares with the audit before. */
export type Compared = Written & { readonly comparison: RunComparison | null };
type Result = Compared | z.infer<typeof NotWritten>;

/** How many characters the answer may have with comparisons; Claude Code shows at most 50,000. */
const MAX_ANSWER = 40_000;
/** How many summaries are computed at once where a restarted server has to compute them again. */
const CONCURRENCY = 4;
/** Below the client's deadline, which is the `timeout` of the plugin's manifest. */
const DEADLINE_MS = 280_000;

/** Registers `write_summary`: puts summaries on disk under their traces' ids. It takes no content, so none can be altered. */
export function registerWriteSummary(server: McpServer, auditor: Auditor, write: (summary: Summary) => Compared): void {
  server.registerTool(
    "write_summary",
    {
      title: "Write summaries",
      description: `Writes the full Trace Audit Summary of each trace to ${SUMMARIES}/<trace_id>.json and returns its path, and how the run compares with the audit before; for an id that cannot be written, an error.`,
      inputSchema,
      outputSchema: WriteSummaryOutput,
      annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
    },
    async ({ trace_ids }, { signal }) => {
      const ids = [...new Set(trace_ids)];
      const ended = AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]);
      const results: Result[] = [];
      for (let at = 0; at < ids.length; at += CONCURRENCY) {
        const batch = ids.slice(at, at + CONCURRENCY);
        // What was read is there already; the files are written one after the other all the same.
        const found = await Promise.allSettled(batch.map((id) => find(auditor, id, ended)));
        for (const [index, one] of found.entries()) {
          const trace_id = batch[index] ?? "";
          results.push(one.status === "rejected" ? toFailure(trace_id, one.reason) : tryWrite(write, one.value));
        }
      }
      const errors = results.flatMap((result) => ("error" in result ? [result.error] : []));
      if (errors.length === results.length) throw new AuditError(listErrors(errors));
      return { content: [], structuredContent: toAnswer(results) };
    },
  );
}

/** The summary of an id, the one that was read or one computed anew. Throws an AuditError for what is no such id. */
async function find(auditor: Auditor, traceId: string, signal: AbortSignal): Promise<Summary> {
  // An id that was read is taken as it is, even one that spells a selector or holds blanks.
  const known = auditor.recall(traceId);
  if (known !== null) return known;
  const named = toNamed(toSelector(traceId));
  if (named === null) {
    throw new AuditError(
      "`trace_ids` has to hold ids of single traces, or `session:<id>`. A selector was given in place of an id. Take each `trace_id` from a summary that fetch_trace returned.",
    );
  }
  return auditor.summaryOf(named, signal);
}

/** What names one trace or session by its id; null for a selector that has to look for one. */
function toNamed(selector: Selector): Named | null {
  if (selector.kind === "id") return selector;
  if (selector.kind !== "session" || selector.sessionId === null) return null;
  return { kind: "session", sessionId: selector.sessionId };
}

function tryWrite(write: (summary: Summary) => Compared, summary: Summary): Result {
  try {
    return write(summary);
  } catch (error) {
    return toFailure(summary.trace_id, error);
  }
}

/** An error of our own is thrown on: it says nothing of the id. */
function toFailure(trace_id: string, error: unknown): Result {
  if (!(error instanceof AuditError)) throw error;
  return { trace_id, error: error.message };
}

const MAX_ERRORS = 5;

/** The first few of different errors, a line each. */
function listErrors(errors: readonly string[]): string {
  const different = [...new Set(errors)];
  const left = different.length - MAX_ERRORS;
  return [...different.slice(0, MAX_ERRORS), ...(left > 0 ? [`${left} more ids failed.`] : [])].join("\n");
}

function toAnswer(summaries: readonly Result[]): { readonly summaries: readonly Result[] } {
  if (JSON.stringify({ summaries }).length < MAX_ANSWER) return { summaries };
  return { summaries: summaries.map((one) => ("error" in one ? one : { ...one, comparison: null })) };
}
