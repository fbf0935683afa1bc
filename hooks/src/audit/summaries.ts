import { join } from "node:path";
import { parseFacts } from "../../../mcp-server/src/audit/evidence/summary-facts.ts";
import { NOT_RECORDED } from "../../../mcp-server/src/audit/plan/wording.ts";
import { readPlain } from "../../../mcp-server/src/disk/files.ts";
import { own, parseRecord, text } from "../../../mcp-server/src/trace/values/json.ts";
import type { Answer } from "../claude-code.ts";
import type { Context } from "../context.ts";
import { summariesOf } from "../audit-places.ts";
import { followLinks, isWithin } from "../follow-links.ts";

const WRITE_SUMMARY = "mcp__plugin_trace-audit_langfuse__write_summary";

/**
 * Keeps what a summary of the audit says, as it was written, and gives the model the lines of the plan that name its
 * trace: answers with many summaries leave them out or shorten them.
 */
export function keepSummary({ event, audit, project }: Context): Answer {
  if (event.tool !== WRITE_SUMMARY || !audit.state().isRunning) return null;
  const written = parseRecord(text(event.response) ?? "") ?? {};
  const path = text(own(written, "path"));
  if (path === null) return null;
  const file = followLinks(join(project, path));
  if (!isWithin(file, summariesOf(project))) return null;
  const content = readPlain(file);
  if (content === null || content.sha256 !== own(written, "sha256")) return null;
  const facts = parseFacts(content.text);
  if (facts === null) return null;
  audit.append({ event: "summary_written", summary: content.text });
  const lines = [
    `- Trace ID: ${facts.trace_id}`,
    `- Goal: ${facts.goal ?? NOT_RECORDED}`,
    `- Date: ${facts.started_at ?? NOT_RECORDED}`,
  ];
  return { additionalContext: `For Source Trace of the plan, if /audit comes to that:\n${lines.join("\n")}` };
}
