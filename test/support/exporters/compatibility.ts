import type { Coverage } from "../../../mcp-server/src/trace/values/vocabulary.ts";
import { formatJson } from "../../../mcp-server/src/trace/values/format-json.ts";
import { readRecordedTraces, readServedTraces, summarizeTrace } from "../trace/traces.ts";
import { type Exporter, EXPORTERS } from "./facts.ts";
import { readFixture } from "../langfuse/traces.ts";
import { readRecordings } from "../langfuse/recordings.ts";
import { patternTable } from "../plants/table.ts";
import { differenceTable } from "../transcripts/differences.ts";

const letters = { recorded: "R", inferred: "I", partial: "P", not_recorded: "-" } as const;

/** Goal, timing, order, targets, errors, subagents, tasks as one letter each. */
export const coverageLetters = (coverage: Coverage): string =>
  [
    coverage.goal,
    coverage.timing,
    coverage.order,
    coverage.targets,
    coverage.errors,
    coverage.subagents,
    coverage.tasks,
  ]
    .map((grade) => letters[grade])
    .join("");

/** What two settings of Claude Code's own telemetry add is a row of its own. */
const settings = {
  name: "the same with `OTEL_LOG_USER_PROMPTS=1` and `OTEL_LOG_TOOL_DETAILS=1`",
  shown: "rich-content",
} as const;

/** What an exporter never records, by the warning that its summaries carry. */
const losses: Readonly<Record<string, string>> = {
  exporter_omits_calls_of_failed_turns: "the calls of a turn whose request failed",
  exporter_omits_rejected_calls: "calls refused before they ran",
  exporter_loses_parallel_calls: "all but the last of parallel calls",
  exporter_omits_subagent_calls: "what subagents did",
  trace_is_one_request: "the rest of the session: a trace is one request",
  "goal_redacted_set_OTEL_LOG_USER_PROMPTS=1": "the prompt",
};

function exporterRow(exporter: string, { name, shown, isConstructed }: Omit<Exporter, "coverage">): string {
  const { summary } = summarizeTrace(readFixture(`${exporter}/${shown}`));
  const lost = summary.warnings.flatMap(({ code }) => losses[code] ?? []);
  const cells = [
    isConstructed === true ? `${name} ¹` : name,
    ...coverageLetters(summary.coverage).split(""),
    String(summary.metrics.tool_calls),
    lost.join("; ") || "nothing",
  ];
  return `| ${cells.join(" | ")} |`;
}

/** The table of exporters, from the fixtures' scenario of 20 tool calls. */
export function exporterTable(): string {
  const rows = Object.entries(EXPORTERS).flatMap(([id, entry]) => [
    exporterRow(id, entry),
    ...(id === "native-otel" ? [exporterRow(id, settings)] : []),
  ]);
  return [
    "| Exporter | goal | timing | order | targets | errors | subagents | tasks | calls of 20 | not recorded |",
    "|---|---|---|---|---|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}

const routes = [
  ["v2/observations", "obs_v2_all_fields"],
  ["traces/{id}", "get_finished"],
  ["observations", "obs_v1_trace"],
] as const;

const servers = [
  { name: "2.95 (2.x)", recording: "v2.95.12", served: /v2\.95/u },
  { name: "4.16, write mode legacy (as 3.x)", recording: "v4.16.0-legacy", served: null },
  { name: "4.16, write mode dual", recording: "v4.16.0-dual", served: /dual|v1-trace|older-sdk/u },
  {
    name: "4.16, write mode events_only (default)",
    recording: "v4.16.0-events_only",
    served: /events-only|\.v2-observations/u,
  },
] as const;

/** The table of servers, from recorded answers: which routes they have, and whether a trace reads the same from them. */
export function serverTable(): string {
  const recorded = new Map(readRecordedTraces().map(({ name, trace }) => [name, trace]));
  const served = readServedTraces();
  const rows = servers.map((server) => {
    const recordings = readRecordings(server.recording);
    const statuses = routes.map(([, name]) => String(recordings.find((one) => one.name === name)?.status ?? "?"));
    const answers = served.filter(
      ({ file }) => server.served?.test(file) === true && !isOfAnother(file, server.recording),
    );
    const same = answers.filter(({ name, summarize }) => {
      const trace = recorded.get(name);
      return trace !== undefined && formatJson(summarize()) === formatJson(summarizeTrace(trace));
    });
    const speaks = statuses[0] === "200" ? "v2/observations" : "legacy";
    return `| ${[server.name, ...statuses, speaks, answers.length === 0 ? "not recorded" : `${same.length} of ${answers.length}`].join(" | ")} |`;
  });
  return [
    `| Langfuse | ${routes.map(([route]) => `\`GET /${route}\``).join(" | ")} | spoken with it | traces with the same summary |`,
    "|---|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}

/** `dual-v2-observations` belongs to the dual server alone. */
const isOfAnother = (file: string, recording: string): boolean => file.includes("dual") && !recording.includes("dual");

const mark = (name: string, edge: string): string => `<!-- ${edge} of the generated table of ${name} -->`;

/** The document with its tables made anew; what stands around them is kept. */
export function withTables(document: string): string {
  const tables = {
    exporters: exporterTable(),
    patterns: patternTable(),
    differences: differenceTable(),
    servers: serverTable(),
  };
  return Object.entries(tables).reduce((text, [name, table]) => replaceTable(text, name, table), document);
}

function replaceTable(document: string, name: string, table: string): string {
  const from = document.indexOf(mark(name, "start"));
  const to = document.indexOf(mark(name, "end"));
  if (from === -1 || to < from) throw new Error(`the document has no place for the table of ${name}`);
  return `${document.slice(0, from)}${mark(name, "start")}\n\n${table}\n\n${document.slice(to)}`;
}
