import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { z } from "zod";
import { toSelector, type Auditor } from "../auditor.ts";
import { countPatterns, MAX_ANSWER, toEntries } from "./fetch-answer.ts";
import { truncate } from "../trace/values/names.ts";
import { Summary, SummaryEntry } from "../trace/summary/schema.ts";
import type { Selection } from "../sources/port.ts";

const inputSchema = z.strictObject({
  selector: z
    .string()
    .describe(
      "A trace id (of a transcript: `<session id>-<number>`), a Langfuse trace URL, `last`, or `sample:N` with N from 1 to 50",
    ),
});

/** What `fetch_trace` answers. */
export const FetchTraceOutput = z.strictObject({
  selector: z.string(),
  source: z.strictObject({
    base_url: z.string(),
    api: z.enum(["v2/observations", "legacy", "transcript"]),
    window: z.strictObject({ from: z.string(), to: z.string() }).nullable(),
    population: z.int().min(0).nullable(),
  }),
  sample: z
    .strictObject({
      requested: z.int(),
      returned: z.int(),
      note: z.string().nullable(),
      pattern_counts: z.record(z.string(), z.int()),
    })
    .nullable()
    .describe("Of a sample: how many of the returned traces show each pattern"),
  summaries: z.array(z.union([Summary, SummaryEntry])),
  skipped: z.array(z.strictObject({ trace_id: z.string(), reason: z.string() })),
});
type FetchTraceOutput = z.infer<typeof FetchTraceOutput>;

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
        const params = { progressToken, progress, total, message: `${progress} of ${total} traces read` };
        // A client that went away cannot be told; the call itself notices.
        sendNotification({ method: "notifications/progress", params }).catch(() => {});
      });
      const { api, window, population, summaries, skipped } = selection;
      const answer: FetchTraceOutput = {
        selector: written,
        source: { base_url: auditor.baseUrl(), api, window, population },
        sample:
          selector.kind !== "sample"
            ? null
            : {
                requested: selector.size,
                returned: summaries.length,
                note: toNote(selector.size, selection),
                pattern_counts: countPatterns(summaries),
              },
        summaries: [],
        skipped: [...skipped],
      };
      return { content: [], structuredContent: fit(answer, summaries) };
    },
  );
}

/** The answer below its limit: shortened entries first, then fewer words on what was skipped, then fewer entries. */
function fit(answer: FetchTraceOutput, summaries: readonly Summary[]): FetchTraceOutput {
  for (const kept of [answer.skipped.length, 5, 1]) {
    const skipped = answer.skipped
      .slice(0, kept)
      .map(({ trace_id, reason }) => ({ trace_id, reason: truncate(reason, 600) }));
    const whole = withEntries({ ...answer, skipped }, summaries);
    if (JSON.stringify(whole).length < MAX_ANSWER) return whole;
  }
  for (let count = summaries.length - 1; count > 0; count -= 1) {
    const left = summaries.length - count;
    const note = `${left} of the ${summaries.length} traces did not fit into this answer; ask for a smaller sample.`;
    const sample = answer.sample === null ? null : { ...answer.sample, returned: count, note };
    const part = withEntries({ ...answer, sample, skipped: [] }, summaries.slice(0, count));
    if (JSON.stringify(part).length < MAX_ANSWER) return part;
  }
  return withEntries({ ...answer, skipped: [] }, summaries.slice(0, 1));
}

function withEntries(answer: FetchTraceOutput, summaries: readonly Summary[]): FetchTraceOutput {
  return { ...answer, summaries: [...toEntries(summaries, JSON.stringify(answer).length)] };
}

function toNote(requested: number, { summaries, isCut, isBrokenOff = false, population }: Selection): string | null {
  const notes = [
    isBrokenOff
      ? `Reading ended after ${summaries.length} of the ${requested} traces asked for; \`skipped\` names the rest and says why. Traces that take long to read are the likelier ones to be missing.`
      : summaries.length < requested
        ? `Only ${summaries.length} of the ${requested} traces asked for qualify in the window; \`skipped\` lists those that were passed over.`
        : "",
    isCut ? `The window holds more traces than could be listed; the draw was from the newest ${population}.` : "",
  ].filter((note) => note !== "");
  return notes.length > 0 ? notes.join(" ") : null;
}
