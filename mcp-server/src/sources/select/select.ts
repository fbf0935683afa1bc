import type { Selector } from "../../trace/values/selector.ts";
import { selectLast } from "./last.ts";
import { selectSample } from "./sample.ts";
import { summarizeInSession } from "./with-earlier-turns.ts";
import type { Report, Selection, Source } from "../port.ts";

/** Resolves a selector to summaries. Throws an AuditError or a LangfuseFailure when there is nothing to give. */
export async function select(
  source: Source,
  selector: Selector,
  signal: AbortSignal,
  report: Report,
): Promise<Selection> {
  switch (selector.kind) {
    case "id": {
      const trace = await source.read(selector.traceId, signal);
      const summary = await summarizeInSession(source, trace, signal);
      return { api: trace.api, window: null, population: null, isCut: false, summaries: [summary], skipped: [] };
    }
    case "last":
      return selectLast(source, signal);
    case "sample":
      return selectSample(source, selector.size, signal, report);
  }
}
