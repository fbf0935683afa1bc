import type { Run } from "./run.ts";

/** What a run was made with, beside the prompt: a change of it changes results as well. */
const CIRCUMSTANCES = [
  { name: "CLI version", of: ({ cli }: Run): string | null => cli },
  { name: "model", of: ({ model }: Run): string | null => model },
] as const;

/** Runs of both sides that differ in nothing known but the prompt. */
export type Stratum = { readonly before: readonly Run[]; readonly after: readonly Run[] };

/** The runs of two audits, like with like. */
export type Likes = {
  /** Runs with a task list apart from those without, and each version and model apart; only such as both sides have. */
  readonly strata: readonly Stratum[];
  /** What differs where no run has its like: `CLI version 2.1.3, then 2.1.5 now`. Empty where there are strata. */
  readonly differs: readonly string[];
  /** Runs in strata of one side alone. */
  readonly leftOut: number;
  /** Circumstances that a run does not record. */
  readonly unrecorded: readonly string[];
};

/**
 * Sorts the runs of two audits into strata. A circumstance that one side records in none of its runs cannot be compared: it
 * is passed over, and named in `unrecorded`.
 */
export function toLikes(then: readonly Run[], now: readonly Run[]): Likes {
  const known = CIRCUMSTANCES.filter(({ of }) => [then, now].every((runs) => runs.some((run) => of(run) !== null)));
  const keyOf = (run: Run): string => [run.kind, ...known.map(({ of }) => of(run) ?? "?")].join("\n");
  const [earlier, newer] = [toGroups(then, keyOf), toGroups(now, keyOf)];
  const strata = [...earlier].flatMap(([key, runs]) => {
    const later = newer.get(key);
    return later === undefined ? [] : [{ before: runs, after: later }];
  });
  const taken = strata.reduce((sum, stratum) => sum + stratum.before.length + stratum.after.length, 0);
  const kinds = new Set(then.map(({ kind }) => kind));
  const isOfOneKind = now.some(({ kind }) => kinds.has(kind));
  return {
    strata,
    differs: strata.length > 0 || !isOfOneKind ? [] : known.flatMap((one) => toDifference(one, then, now)),
    leftOut: then.length + now.length - taken,
    unrecorded: CIRCUMSTANCES.flatMap(({ name, of }) =>
      [...then, ...now].some((run) => of(run) === null) ? [name] : [],
    ),
  };
}

function toGroups(runs: readonly Run[], keyOf: (run: Run) => string): ReadonlyMap<string, readonly Run[]> {
  const groups = new Map<string, Run[]>();
  for (const run of runs) {
    const key = keyOf(run);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [run]);
    else group.push(run);
  }
  return groups;
}

function toDifference(
  { name, of }: (typeof CIRCUMSTANCES)[number],
  then: readonly Run[],
  now: readonly Run[],
): readonly string[] {
  const [before, after] = [then, now].map((runs) =>
    [...new Set(runs.map((run) => of(run) ?? "not recorded"))].toSorted(),
  );
  if (before?.join("\n") === after?.join("\n")) return [];
  return [`${name} ${toList(before)} then, ${toList(after)} now`];
}

function toList(values: readonly string[] = []): string {
  return values.length > 3 ? `${values.slice(0, 3).join(", ")} and ${values.length - 3} more` : values.join(", ");
}
