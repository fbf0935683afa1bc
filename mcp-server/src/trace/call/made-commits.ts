/** How git names a commit that it made: `[main 1a2b3c4] …`, `[main (root-commit) 1a2b3c4] …`, `[detached HEAD 1a2b3c4] …`. */
const MADE = /^\[[^[\n]{1,250} ([0-9a-f]{7,64})\] /gmu;
const MAX_COMMITS = 20;

/** The hashes, as short as git prints them, of the commits that an output of `git commit` names; at most 20. */
export function readMadeCommits(output: string): readonly string[] {
  const hashes = new Set<string>();
  for (const [, hash = ""] of output.matchAll(MADE)) {
    hashes.add(hash);
    if (hashes.size === MAX_COMMITS) break;
  }
  return [...hashes];
}
