import type { TraceFacts } from "../../../mcp-server/src/trace/rows/reducer.ts";
import type { Summary } from "../../../mcp-server/src/trace/summary/schema.ts";
import { assess, type Assessed } from "../../../mcp-server/src/trace/summary/summary.ts";

/** What the core says of a trace that is judged without its session. */
export type Audited = Omit<Assessed, "toSummary" | "toSessionTurn" | "places"> & { readonly summary: Summary };

export function summarize(facts: TraceFacts): Audited {
  const { toSummary, toSessionTurn: _turn, places: _places, ...assessed } = assess(facts);
  return { ...assessed, summary: toSummary(null) };
}
