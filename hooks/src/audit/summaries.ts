import { join } from "node:path";
import { stepAfterOtherSelector, stepAfterSummaries } from "../../../mcp-server/src/audit/clerk/next-step.ts";
import { parseFacts } from "../../../mcp-server/src/audit/evidence/summary-facts.ts";
import { tellSession } from "../../../mcp-server/src/audit/plan/closing-words.ts";
import { readPlain } from "../../../mcp-server/src/disk/files.ts";
import { isRecord, own, parseRecord, text, type JsonRecord } from "../../../mcp-server/src/trace/values/json.ts";
import type { Answer } from "../claude-code.ts";
import type { Context } from "../context.ts";
import { summariesOf } from "../audit-places.ts";
import { followLinks, isWithin } from "../follow-links.ts";
import type { SessionState } from "../state/session-state.ts";

const SERVER = "mcp__plugin_trace-audit_langfuse__";

/** Keeps which traces fetch_trace returned for what the human typed, and which it passed over. Another selector counts for nothing. */
export function keepFetched({ event, audit }: Context): Answer {
  const { isRunning, selector } = audit.state();
  if (event.tool !== `${SERVER}fetch_trace` || !isRunning || selector === null) return null;
  if (text(own(event.input, "selector"))?.trim() !== selector)
    return { additionalContext: stepAfterOtherSelector(selector) };
  const answer = parseRecord(text(event.response) ?? "");
  if (answer === null) return null;
  const trace_ids = records(own(answer, "summaries")).flatMap((one) => text(own(one, "trace_id")) ?? []);
  const skipped = records(own(answer, "skipped")).map((one) => ({
    trace_id: text(own(one, "trace_id")) ?? "",
    reason: text(own(one, "reason")) ?? "",
  }));
  audit.append({ event: "fetched", trace_ids, skipped });
  return null;
}

/** Keeps what the summaries of the audit say, as they were written, and tells the next step. */
export function keepSummaries({ event, audit, project }: Context): Answer {
  if (event.tool !== `${SERVER}write_summary` || !audit.state().isRunning) return null;
  const answer = parseRecord(text(event.response) ?? "");
  for (const one of records(own(answer ?? {}, "summaries"))) {
    const [trace_id, path, error] = [text(own(one, "trace_id")), text(own(one, "path")), text(own(one, "error"))];
    if (trace_id === null || audit.state().fetched?.includes(trace_id) !== true) continue;
    if (error !== null) audit.append({ event: "summary_failed", trace_id, reason: error });
    const summary = path === null ? null : readWritten(project, path, own(one, "sha256"));
    if (path !== null && summary !== null) audit.append({ event: "summary_written", path, summary });
  }
  const state = audit.state();
  const missing = missingIn(state);
  if (state.summaries.length === 0 && missing.length === 0) return null;
  const step = { additionalContext: stepAfterSummaries({ written: state.summaries.length, missing }) };
  // Told before the agents are paid for.
  const longer = missing.length > 0 ? "" : tellSession(state.summaries.map(({ facts }) => facts));
  return longer === ""
    ? step
    : { ...step, systemMessage: `trace-audit: ${longer} Esc stops this audit before its agents start.` };
}

/** The traces that fetch_trace returned and that have neither a summary nor a reason why not. */
export function missingIn({ fetched, summaries, skipped }: SessionState): readonly string[] {
  const done = [...summaries.map(({ facts }) => facts.trace_id), ...skipped.map(({ trace_id }) => trace_id)];
  return (fetched ?? []).filter((id) => !done.includes(id));
}

/** The text of a summary, null when it is not the one that the tool says it wrote. */
function readWritten(project: string, path: string, sha256: unknown): string | null {
  const file = followLinks(join(project, path));
  if (!isWithin(file, summariesOf(project))) return null;
  const content = readPlain(file);
  return content === null || content.sha256 !== sha256 || parseFacts(content.text) === null ? null : content.text;
}

function records(value: unknown): readonly JsonRecord[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}
