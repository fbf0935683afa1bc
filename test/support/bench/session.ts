import { own } from "../../../mcp-server/src/trace/values/json.ts";
import { longTrace } from "../langfuse/long-trace.ts";
import { parseLegacyTrace } from "../langfuse/store.ts";
import { toV2Rows, type V2Row } from "../langfuse/v2-rows.ts";
import { serve, type Served } from "./http.ts";

const PAGE = 1000;
const HOUR = 3_600_000;

/** Pages of `v2/observations` of a session: so many turns of so many rows, `bytes` of text added to each row's output. */
export async function serveSession(
  fixture: string,
  { turns, rows: count, bytes }: { readonly turns: number; readonly rows: number; readonly bytes: number },
): Promise<Served> {
  const padding = "lorem ipsum ".repeat(Math.ceil(bytes / 12)).slice(0, bytes);
  const trace = parseLegacyTrace(longTrace(fixture, count));
  const rows = toV2Rows(trace, { projectId: "bench", hasSyntheticRoot: false, hasNoRootMark: false })
    .map((row): V2Row => ({ ...row, output: `${typeof row["output"] === "string" ? row["output"] : ""}${padding}` }))
    .toSorted((left, right) => (left.startTime < right.startTime ? 1 : -1));
  const later = (time: unknown, turn: number): unknown =>
    typeof time === "string" ? new Date(Date.parse(time) + turn * HOUR).toISOString() : time;
  const pages: Buffer[] = [];
  let page: unknown[] = [];
  for (let turn = turns - 1; turn >= 0; turn -= 1)
    for (const row of rows) {
      const times = { startTime: later(row.startTime, turn), endTime: later(own(row, "endTime"), turn) };
      page.push({ ...row, ...times, traceId: `turn-${turn}`, sessionId: "bench" });
      if (page.length < PAGE && (turn > 0 || row !== rows.at(-1))) continue;
      const meta = turn > 0 || row !== rows.at(-1) ? { cursor: String(pages.length + 1) } : {};
      pages.push(Buffer.from(JSON.stringify({ data: page, meta })));
      page = [];
    }
  const isOurs = (url: URL): boolean => url.searchParams.get("sessionId") === "bench" && url.pathname.includes("/v2/");
  return serve("session:bench", pages, (url) => (isOurs(url) ? Number(url.searchParams.get("cursor") ?? 0) : null));
}
