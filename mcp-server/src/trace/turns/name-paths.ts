import { shorten } from "./show-path.ts";

/**
 * How much of the paths is shown: `full` each time; `first` in full once, and again where it is first changed, because the
 * instructions for a file go by its folders; `short` in full only there.
 */
export const NAMINGS = ["full", "first", "short"] as const;
export type Naming = (typeof NAMINGS)[number];

/** The end of a path that no other path of a table has, at least the file's name; a folder's path is never cut. */
export type ShortNames = ReadonlyMap<string, string>;

/** Finds it for each of these paths. */
export function toShortNames(paths: Iterable<string>): ShortNames {
  const all = new Set(paths);
  const owners = new Map<string, number>();
  for (const path of all) for (const end of endsOf(path)) owners.set(end, (owners.get(end) ?? 0) + 1);
  return new Map(
    [...all].map((path) => [path, isFile(path) ? (endsOf(path).find((end) => owners.get(end) === 1) ?? path) : path]),
  );
}

/** The ends of a path at a slash, the shortest first. */
function endsOf(path: string): readonly string[] {
  const parts = path.split("/").slice(-12);
  return parts.map((_part, at) => parts.slice(-1 - at).join("/"));
}

function isFile(path: string): boolean {
  return /\.\w+$/u.test(path);
}

/** A path as it is to be shown; `isChanged`: where it stands, the agent changed it. */
export type NamePath = (path: string, isChanged: boolean) => string;

/** Names the paths of a table, asked in the order in which they are shown. */
export function createNames(naming: Naming, shorts: ShortNames): NamePath {
  const told = new Set<string>();
  const changed = new Set<string>();
  return (path, isChanged) => {
    const isFirst = isChanged ? !changed.has(path) : naming === "first" && !told.has(path);
    told.add(path);
    if (isChanged) changed.add(path);
    return shorten(naming === "full" || isFirst ? path : (shorts.get(path) ?? path));
  };
}
