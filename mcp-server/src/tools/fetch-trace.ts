import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { z } from "zod";
import { toSelector, type Auditor } from "../auditor.ts";
import { plural } from "../trace/values/plural.ts";
import { FetchTraceOutput, toAnswer } from "./fetch-answer.ts";

const inputSchema = z.strictObject({
  selector: z
    .string()
    .describe(
      "A trace id (of a transcript: `<session id>-<number>`), a Langfuse URL of a trace or session, `last`, `session` for all turns of the newest session, `session:<id>`, or `sample:N` with N from 1 to 50",
    ),
});

/** Registers `fetch_trace`: reads traces and answers with their Trace Audit Summaries, never with raw data. */
export function registerFetchTrace(server: McpServer, auditor: Auditor): void {
  server.registerTool(
    "fetch_trace",
    {
      title: "Fetch trace",
      description:
        "Reads Claude Code traces from Langfuse, or from this project's own transcripts when no Langfuse keys are set, and returns their Trace Audit Summaries. A tool error is final for this selector: show its text to the user unchanged and do not try another trace.",
      inputSchema,
      outputSchema: FetchTraceOutput,
      annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
    },
    async ({ selector: written }, { signal, _meta, sendNotification }) => {
      const selector = toSelector(written);
      const progressToken = _meta?.progressToken;
      const selection = await auditor.audit(selector, signal, (progress, total) => {
        if (progressToken === undefined) return;
        const params = { progressToken, progress, total, message: `${progress} of ${plural(total, "trace")} read` };
        // A client that went away cannot be told; the call itself notices.
        sendNotification({ method: "notifications/progress", params }).catch(() => {});
      });
      return { content: [], structuredContent: toAnswer(written, selector, auditor.place(), selection) };
    },
  );
}
