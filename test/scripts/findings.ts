// `npx tsx test/scripts/findings.ts FOLDER [SESSION …]`: one line of JSON for each session of a folder, its summary. A session is a file
// `<id>.jsonl` or `<id>.jsonl.gz` with one trace a line, in the form of `GET /api/public/traces/{id}`.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { createTraceReducer } from "../../mcp-server/src/trace/rows/reducer.ts";
import { toSessionSummary } from "../../mcp-server/src/trace/summary/session-summary.ts";
import { assess } from "../../mcp-server/src/trace/summary/summary.ts";

const [folder = "", ...wanted] = process.argv.slice(2);
if (folder === "") {
  console.error("Name a folder of sessions: npx tsx test/scripts/findings.ts FOLDER [SESSION …]");
  process.exit(1);
}

for (const file of readdirSync(folder).toSorted()) {
  const id = /^(.+)\.jsonl(?:\.gz)?$/u.exec(file)?.[1];
  if (id === undefined || (wanted.length > 0 && !wanted.includes(id))) continue;
  const bytes = readFileSync(join(folder, file));
  const lines = (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8").split("\n");
  const turns = lines.filter((line) => line !== "").map((line) => readTurn(JSON.parse(line)));
  console.log(JSON.stringify(toSessionSummary({ id, warnings: [] }, turns)));
}

function readTurn(trace: { readonly id: string }) {
  const reducer = createTraceReducer(trace.id);
  reducer.addTrace(trace);
  return assess(reducer.finish()).toSessionTurn();
}
