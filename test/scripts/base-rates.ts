// How often each pattern occurs in a folder of traces: `npx tsx test/scripts/base-rates.ts FOLDER [--write]`.
// FOLDER holds files *.jsonl or *.jsonl.gz, one session each, one line a trace as `GET /api/public/traces/{id}` answers it.
// `--write` makes the figures those that each pattern is reported with.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { gunzipSync } from "node:zlib";
import { ROOT } from "../../mcp-server/scripts/bundle.ts";
import { PATTERNS } from "../../mcp-server/src/trace/patterns/all.ts";
import { toEarlierTurn, toEarlierTurns } from "../../mcp-server/src/trace/run/earlier-turns.ts";
import { assess } from "../../mcp-server/src/trace/summary/summary.ts";
import { factsOf } from "../support/trace/traces.ts";
import { parseLegacyTrace, type LegacyTrace } from "../support/langfuse/store.ts";

const FILE = join(ROOT, "mcp-server/src/trace/patterns/measured.ts");

const { values, positionals } = parseArgs({ options: { write: { type: "boolean" } }, allowPositionals: true });
const [folder] = positionals;
if (folder === undefined) throw new Error("Name the folder of traces: npx tsx test/scripts/base-rates.ts FOLDER");

function readSession(file: string): readonly LegacyTrace[] {
  const bytes = readFileSync(file);
  const text = (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
  return text.split("\n").flatMap((line) => (line.trim() === "" ? [] : [parseLegacyTrace(line)]));
}

const counts = new Map<string, number[]>(PATTERNS.map(({ id }) => [id, []]));
const sessionsWith = new Map<string, number>();
let sessions = 0;
let turns = 0;
for (const name of readdirSync(folder).toSorted()) {
  if (!/\.jsonl(?:\.gz)?$/u.test(name)) continue;
  sessions += 1;
  const traces = readSession(join(folder, name));
  const digests = traces.flatMap((trace) => toEarlierTurn(factsOf(trace)) ?? []);
  const shown = new Set<string>();
  for (const trace of traces) {
    const { session, toSummary } = assess(factsOf(trace));
    const others = digests.filter(({ traceId }) => traceId !== trace.id);
    const { metrics, patterns } = toSummary(session === null ? null : toEarlierTurns(others, session.startedAt, true));
    if (metrics.tool_calls === 0) continue;
    turns += 1;
    for (const { id, count } of patterns) {
      counts.get(id)?.push(count);
      shown.add(id);
    }
  }
  for (const id of shown) sessionsWith.set(id, (sessionsWith.get(id) ?? 0) + 1);
}

const share = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`;
const found = [...counts].filter(([, all]) => all.length > 0).toSorted(([, a], [, b]) => b.length - a.length);
console.log(`${sessions} sessions, ${turns} turns with a tool call\n\n| Pattern | Turns | Sessions |\n|---|---|---|`);
for (const [id, all] of found)
  console.log(`| ${id} | ${share(all.length, turns)} | ${share(sessionsWith.get(id) ?? 0, sessions)} |`);

if (values.write === true) {
  const rows = [...counts]
    .map(([id, all]) => `    ${id}: [${all.toSorted((left, right) => left - right).join(", ")}],\n`)
    .toSorted();
  writeFileSync(
    FILE,
    `// Written by test/scripts/base-rates.ts; docs/base-rates.md says what was measured.

/** The counts of each measured pattern in the turns that show it, of so many turns with a tool call. */
export const MEASURED: { readonly turns: number; readonly counts: Readonly<Record<string, readonly number[]>> } = {
  turns: ${turns},
  counts: {
${rows.join("")}  },
};
`,
  );
}
