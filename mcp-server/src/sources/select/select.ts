import type { Selector } from "../../audit/audit-argument.ts";
import type { Call, Selection } from "../selected-traces.ts";
import { selectLast } from "./last.ts";
import { selectSample } from "./sample.ts";
import { selectSession } from "./session.ts";
import { summarize } from "./with-earlier-turns.ts";

/** Resolves a selector to summaries. Throws an AuditError or a SourceFailure when there is nothing to give. */
export async function select(call: Call, selector: Selector): Promise<Selection> {
  switch (selector.kind) {
    case "id": {
      const session = await call.source.sessionOf(selector.traceId, call.signal);
      if (session !== null) return selectSession(call, session);
      const trace = await call.source.read(selector.traceId, call.signal);
      const summaries = [await summarize(call, trace)];
      return { api: trace.api, window: null, population: null, isCut: false, summaries, skipped: [] };
    }
    case "last":
      return selectLast(call);
    case "session": {
      const { sessionId } = selector;
      if (sessionId === null) return selectSession(call, null);
      return selectSession(call, (await call.source.sessionOf(sessionId, call.signal)) ?? sessionId);
    }
    case "sample":
      return selectSample(call, selector.size);
  }
}
