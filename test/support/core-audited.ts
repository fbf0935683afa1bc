import type { TraceFacts } from "../../mcp-server/src/core/reducer.ts";
import type { Summary } from "../../mcp-server/src/core/schema.ts";
import { assess, type Assessed } from "../../mcp-server/src/core/summary.ts";

/** What the core says of a trace that is judged without its session. */
export type Audited = Omit<Assessed, "toSummary"> & { readonly summary: Summary };

export function summarize(facts: TraceFacts): Audited {
  const { toSummary, ...assessed } = assess(facts);
  return { ...assessed, summary: toSummary(null) };
}
