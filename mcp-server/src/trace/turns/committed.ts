import type { Timeline } from "../timeline/timeline.ts";
import { isDone } from "./git.ts";
import { cutList, markPath } from "./show-path.ts";
import type { Did } from "./steps.ts";

/** What a turn changed, by key, and what its commits were given by name: `shown` is the key as the table marks it. */
export type TurnFiles = {
  readonly changed: readonly string[];
  readonly committed: readonly { readonly key: string; readonly shown: string }[];
};

const MAX_FILES = 5;

/** The files of one turn. What a command changed without naming it is in neither list, nor is a folder that was added. */
export function toTurnFiles(steps: readonly Did[], { calls, paths }: Timeline): TurnFiles {
  const changed = new Set(calls.flatMap((call) => (call.changed === "any" ? [] : call.changed)));
  const committed = new Set<string>();
  let added: string[] = [];
  for (const { files, result } of steps) {
    const git = result?.step.git ?? null;
    if (git === null || !isDone(result)) continue;
    if (git.action === "add") added.push(...files.filter((file) => /\.\w+$/u.test(file)));
    if (git.action !== "commit") continue;
    for (const file of added) committed.add(file);
    added = [];
  }
  return { changed: [...changed], committed: [...committed].map((key) => ({ key, shown: markPath(key, paths) })) };
}

/**
 * For each turn of a session: the files that its commits were given and that no turn up to it had changed, in words. They are
 * somebody else's work, or what a command changed beside its purpose.
 */
export function toForeign(turns: readonly TurnFiles[]): readonly (string | null)[] {
  const known = new Set<string>();
  return turns.map(({ changed, committed }) => {
    for (const key of changed) known.add(key);
    const all = [...known];
    const foreign = committed.filter(({ key }) => !all.some((one) => isOneFile(one, key)));
    return foreign.length === 0
      ? null
      : `git add of ${cutList(
          foreign.map(({ shown }) => shown),
          MAX_FILES,
        ).join(", ")}, which no turn edited`;
  });
}

/** A turn whose folder is not recorded names files as its commands do: below a folder that is not told. */
function isOneFile(left: string, right: string): boolean {
  return left === right || left.endsWith(`/${right}`) || right.endsWith(`/${left}`);
}
