import { PATTERNS } from "../../../mcp-server/src/trace/patterns/all.ts";
import { readHosts } from "./hosts.ts";
import { isDecidable, type Need, shownBy } from "./needs.ts";
import { PLANTS } from "./patterns.ts";

/** Exporters as the head of a narrow column names them. */
const names: Readonly<Record<string, string>> = {
  "native-otel": "own OTel",
  "native-otel+": "own OTel, both settings",
  "docs-hook": "docs' hook",
  "official-plugin-v0": "plugin May 2026",
  "official-plugin-v1": "plugin",
  "official-plugin-v1-cleantranscript": "plugin",
  "official-plugin-pr84-levels": "plugin",
  "official-plugin-v2": "plugin",
  "cc-langfuse": "cc-langfuse",
  "pdhoolia-plugin": "pdhoolia",
  "doneyli-template": "doneyli",
  "baem1n-hook": "BAEM1N",
  "pace-maker": "pace-maker",
  "arize-harness": "Arize",
  "agent-sdk-openinference": "OpenInference",
  "agent-sdk-openinference-python": "OpenInference",
  "agent-sdk-langsmith-otel": "LangSmith",
  "agent-sdk-langsmith-otel-python": "LangSmith",
  "litellm-proxy": "LiteLLM",
  transcript: "no Langfuse",
};

/** The table of patterns by exporter; exporters that decide the same share a column. */
export function patternTable(): string {
  const columns = new Map<string, { readonly heads: Set<string>; readonly marks: readonly string[] }>();
  const shownByExporter = new Map(readHosts().map((host) => [host.exporter, shownBy(host)]));
  for (const [exporter, shown] of shownByExporter) {
    const name = names[exporter];
    if (name === undefined) throw new Error(`no short name for ${exporter}`);
    const marks = PATTERNS.map(({ id }) => mark(id, shown));
    const column = columns.get(marks.join("")) ?? { heads: new Set<string>(), marks };
    columns.set(marks.join(""), { ...column, heads: column.heads.add(name) });
  }
  const all = [...columns.values()].toSorted((left, right) => known(right.marks) - known(left.marks));
  return [
    `| Pattern | ${all.map(({ heads }) => [...heads].join(", ")).join(" | ")} |`,
    `|---|${":-:|".repeat(all.length)}`,
    ...PATTERNS.map(({ id }, at) => `| \`${id}\` | ${all.map(({ marks }) => marks[at] ?? "").join(" | ")} |`),
  ].join("\n");
}

/** Whether an exporter decides all forms of a pattern, some, or none. */
function mark(id: string, shown: ReadonlySet<Need>): string {
  const forms = PLANTS.filter((plant) => plant.id === id);
  const decided = forms.filter((plant) => isDecidable(plant, shown)).length;
  if (decided === forms.length) return "●";
  return decided > 0 ? "◐" : "–";
}

const known = (marks: readonly string[]): number => marks.filter((one) => one !== "–").length;
