import type { TraceFacts } from "../rows/reducer.ts";
import type { Exporter } from "./exporter.ts";
import { isExact, prefixOf, toMatcher } from "./names.ts";
import { EXPORTERS, UNKNOWN } from "./table.ts";

const ALL: readonly Exporter[] = [...EXPORTERS, UNKNOWN];
const TURNS: readonly string[] = ALL.flatMap(({ turns }) => turns);

const isTraceName = toMatcher(ALL.flatMap(({ traces }) => traces));
const isRowName = toMatcher([...TURNS, ...ALL.flatMap(({ rows }) => rows)]);

/** By which names turns are searched: these, and those that begin with one of the prefixes. */
export const TURN_NAMES = {
  exact: [...new Set(TURNS.filter(isExact))],
  prefixes: [...new Set(TURNS.filter((name) => !isExact(name)).map(prefixOf))],
} as const;

/** The exporter that wrote a trace. */
export function toExporter(facts: TraceFacts): Exporter {
  return EXPORTERS.find((exporter) => exporter.recognises(facts)) ?? UNKNOWN;
}

/** Whether a trace's name or tags, or the name of one of its rows, says that Claude Code made it. */
export function isClaudeCode(name: string | null, tags: readonly unknown[], rowName: string | null): boolean {
  return (
    (name !== null && isTraceName(name)) || tags.includes("claude-code") || (rowName !== null && isRowName(rowName))
  );
}
