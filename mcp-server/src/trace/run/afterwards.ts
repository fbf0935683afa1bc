/** The history of a repository's HEAD as far as it was read. Hashes are whole. */
export type History = {
  readonly commits: readonly string[];
  /** Of a commit that says so, the hashes of those that it reverts, as written there. */
  readonly reverts: ReadonlyMap<string, readonly string[]>;
};

/** What became of the commits of a run: how many it is known to have made, how many are in HEAD's history, and reverted there. */
export type Afterwards = {
  readonly commits: number;
  readonly in_history: number;
  readonly reverted: number;
  /** Turns by their number, whose commits were reverted. */
  readonly reverted_turns: number[];
};

/** The commits of a turn; `turn` is null where its number is not known. */
export type TurnCommits = { readonly turn: number | null; readonly commits: readonly string[] };

const MAX_TURNS = 10;
/** As short as git ever prints a hash. */
const SHORTEST = 7;

/**
 * What the history says of these commits; null when it knows none of them. A rebase or squash gives a commit another hash, and
 * another branch holds commits that HEAD does not: of such a commit nothing is known. A revert that was reverted counts for none.
 */
export function toAfterwards(turns: readonly TurnCommits[], history: History): Afterwards | null {
  const find = createFinder(history.commits);
  const reverted = toReverted(history.reverts, find);
  const known = turns.flatMap(({ turn, commits }) => commits.map((hash) => ({ turn, hash, commit: find(hash) })));
  const inHistory = known.filter(({ commit }) => commit !== null);
  if (inHistory.length === 0) return null;
  const undone = inHistory.filter(({ commit }) => commit !== null && reverted.has(commit));
  const distinct = (of: readonly { readonly hash: string }[]): number => new Set(of.map(({ hash }) => hash)).size;
  return {
    commits: distinct(known),
    in_history: distinct(inHistory),
    reverted: distinct(undone),
    reverted_turns: [...new Set(undone.flatMap(({ turn }) => turn ?? []))].slice(0, MAX_TURNS),
  };
}

/** Finds the one commit that a hash begins; null where none or several do. */
function createFinder(commits: readonly string[]): (hash: string) => string | null {
  const byStart = new Map<string, string[]>();
  for (const commit of commits) {
    const start = commit.slice(0, SHORTEST);
    const alike = byStart.get(start);
    if (alike === undefined) byStart.set(start, [commit]);
    else alike.push(commit);
  }
  return (hash) => {
    const found = (byStart.get(hash.slice(0, SHORTEST)) ?? []).filter((commit) => commit.startsWith(hash));
    return found.length === 1 ? (found[0] ?? null) : null;
  };
}

/** The commits that are reverted by one that is not reverted itself. */
function toReverted(reverts: History["reverts"], find: (hash: string) => string | null): ReadonlySet<string> {
  const reverters = new Map<string, string[]>();
  for (const [by, hashes] of reverts) {
    for (const commit of hashes.flatMap((hash) => find(hash) ?? [])) {
      reverters.set(commit, [...(reverters.get(commit) ?? []), by]);
    }
  }
  // A commit cannot revert one that came later, so asking ends; messages can say anything, so what was asked is remembered.
  const told = new Map<string, boolean>();
  const isReverted = (commit: string): boolean => {
    const known = told.get(commit);
    if (known !== undefined) return known;
    told.set(commit, false);
    const is = (reverters.get(commit) ?? []).some((by) => !isReverted(by));
    told.set(commit, is);
    return is;
  };
  return new Set([...reverters.keys()].filter(isReverted));
}
