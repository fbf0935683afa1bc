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

const inputSchema = z.strictObject({
  trace_id: z.string().describe("The trace_id of a summary that fetch_trace returned"),
});

/** What `write_summary` answers. */
export const WriteSummaryOutput = z.strictObject({
  trace_id: z.string(),
  path: z.string(),
  sha256: z.string(),
  bytes: z.int(),
  status: z.enum(["created", "unchanged", "replaced"]),
  comparison: RunComparisonSchema.nullable().describe("The comparison with the audit before, when there is one"),
});

/** A summary that was written, and how its run compares with the audit before. */
export type Compared = Written & { readonly comparison: RunComparison | null };

/** Registers `write_summary`: puts a summary on disk under its trace's id. It takes no content, so none can be altered. */
export function registerWriteSummary(server: McpServer, auditor: Auditor, write: (summary: Summary) => Compared): void {
  server.registerTool(
    "write_summary",
    {
      title: "Write summary",
      description: `Writes the full Trace Audit Summary of a trace to ${SUMMARIES}/<trace_id>.json and returns its path, and how the run compares with the audit before.`,
      inputSchema,
      outputSchema: WriteSummaryOutput,
      annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
    },
    async ({ trace_id }, { signal }) => {
      // An id that was read is taken as it is, even one that spells a selector or holds blanks.
      const known = auditor.recall(trace_id);
      if (known !== null) return { content: [], structuredContent: write(known) };
      const named = toNamed(toSelector(trace_id));
      if (named === null) {
        throw new AuditError(
          "`trace_id` has to be the id of one trace, or `session:<id>`. A selector was given in its place. Take `trace_id` from a summary that fetch_trace returned.",
        );
      }
      return { content: [], structuredContent: write(await auditor.summaryOf(named, signal)) };
    },
  );
}

/** What names one trace or session by its id; null for a selector that has to look for one. */
function toNamed(selector: Selector): Named | null {
  if (selector.kind === "id") return selector;
  if (selector.kind !== "session" || selector.sessionId === null) return null;
  return { kind: "session", sessionId: selector.sessionId };
}
