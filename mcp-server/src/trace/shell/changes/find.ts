import type { Effect } from "./effect.ts";

/** What a `find` looks through, what it runs on each file that it finds, and what it writes itself. */
export type Find = {
  readonly found: readonly Effect[];
  readonly commands: readonly (readonly string[])[];
  readonly isDeleting: boolean;
  readonly reports: readonly string[];
};

const FILTER = /^-i?(?:name|path|wholename|regex)$/u;

/** Reads the arguments of `find`. A search by name finds what has that name, however deep. */
export function readFind(args: readonly string[]): Find {
  const first = args.findIndex((word) => /^(?:-(?![HLP]$)|\(|!)/u.test(word));
  const starts = (first === -1 ? args : args.slice(0, first)).filter((word) => !word.startsWith("-"));
  const tests = first === -1 ? [] : args.slice(first);
  const commands: string[][] = [];
  const filters: string[] = [];
  let isSparing = tests.includes("-maxdepth");
  for (let at = 0; at < tests.length; at += 1) {
    const word = tests[at] ?? "";
    if (/^-(?:exec|ok)(?:dir)?$/u.test(word)) {
      const end = tests.findIndex((one, index) => index > at && (one === ";" || one === "+"));
      commands.push(tests.slice(at + 1, end === -1 ? undefined : end));
      at = end === -1 ? tests.length : end;
    } else if (FILTER.test(word)) {
      const isExcluded = tests[at - 1] === "!" || tests[at - 1] === "-not" || tests[at + 2] === "-prune";
      if (isExcluded) isSparing = true;
      else filters.push(tests[at + 1] ?? "");
      at += 1;
    }
  }
  const folders = starts.length === 0 ? ["."] : starts;
  const named = filters.flatMap((filter) => folders.map((folder) => toPath(folder, filter)));
  return {
    found: [
      ...folders.map((path): Effect => ({ path, reach: filters.length > 0 || isSparing ? "itself" : "below" })),
      ...named.map((path): Effect => ({ path, reach: "itself" })),
    ],
    commands,
    isDeleting: tests.includes("-delete"),
    reports: tests.filter((_word, at) => /^-f(?:print0?|printf|ls)$/u.test(tests[at - 1] ?? "")),
  };
}

/** A filter by path counts from where the search starts; one by name holds for every folder. */
function toPath(folder: string, filter: string): string {
  if (filter.startsWith(`${folder}/`)) return filter;
  return `${folder}/**/${filter.replace(/^(?:\*|\.\*)?\//u, "")}`;
}
