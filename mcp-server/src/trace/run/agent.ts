import { containersOf, type Timeline } from "../timeline/timeline.ts";

/** Which agent ran: `cli` is the version of Claude Code, several with commas; null where it is not recorded. */
export type Agent = { readonly cli: string | null; readonly models: string[] };

const MAX_MODELS = 5;

/**
 * The version of Claude Code and the models that answered: those of the main agent first, each by how often it did, then
 * by name. Empty where no row names one. Requests beside the work, such as one for a title, count as the main agent's.
 */
export function toAgent(timeline: Timeline): Agent {
  const { generations, facts } = timeline;
  const counts = new Map<string, { main: number; all: number }>();
  for (const { model, actor } of generations) {
    if (model === null) continue;
    let count = counts.get(model);
    if (count === undefined) counts.set(model, (count = { main: 0, all: 0 }));
    count.main += actor === "main" ? 1 : 0;
    count.all += 1;
  }
  const models = [...counts]
    .toSorted(([a, left], [b, right]) => right.main - left.main || right.all - left.all || (a < b ? -1 : 1))
    .map(([model]) => model);
  const ofTurns = containersOf(timeline).flatMap(({ model }) => model ?? []);
  const named = models.length > 0 ? models : [...new Set(ofTurns)].toSorted();
  return { cli: joinVersions([...facts.cliVersions]), models: named.slice(0, MAX_MODELS) };
}

/** Versions as one text, or null without one. */
export function joinVersions(versions: readonly string[]): string | null {
  const each = [...new Set(versions)].toSorted().slice(0, 3);
  return each.length === 0 ? null : each.join(", ");
}
