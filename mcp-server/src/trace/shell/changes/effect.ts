/**
 * A path that a command writes, moves or removes: `itself`, or with all that is `below` it; `named` is like `below` for
 * commands that work on the whole project unless told otherwise.
 */
export type Effect = { readonly path: string; readonly reach: "itself" | "below" | "named" };

export const itself = (paths: readonly string[]): readonly Effect[] => paths.map((path) => ({ path, reach: "itself" }));
export const below = (paths: readonly string[]): readonly Effect[] => paths.map((path) => ({ path, reach: "below" }));
export const named = (paths: readonly string[]): readonly Effect[] => paths.map((path) => ({ path, reach: "named" }));
