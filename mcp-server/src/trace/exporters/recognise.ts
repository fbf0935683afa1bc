import type { TraceFacts } from "../rows/reducer.ts";
import type { Exporter } from "./exporter.ts";
import { isExact, prefixOf } from "./names.ts";
import { EXPORTERS, UNKNOWN } from "./table.ts";

/** Every exporter, the one that nobody described among them. */
export const ALL: readonly Exporter[] = [...EXPORTERS, UNKNOWN];
/** Names of the rows that stand for a whole turn. */
export const TURNS: readonly string[] = ALL.flatMap(({ turns }) => turns);

/** By which names turns are searched: these, and those that begin with one of the prefixes. */
export const TURN_NAMES = {
  exact: [...new Set(TURNS.filter(isExact))],
  prefixes: [...new Set(TURNS.filter((name) => !isExact(name)).map(prefixOf))],
} as const;

/** The exporter that wrote a trace. */
export function toExporter(facts: TraceFacts): Exporter {
  return EXPORTERS.find((exporter) => exporter.recognises(facts)) ?? UNKNOWN;
}
