import { execFile } from "node:child_process";
import type { Environment } from "../config.ts";
import type { History } from "../trace/run/afterwards.ts";
import { GIT_BYTES, toGitArguments, toGitPlace } from "./git.ts";

/** Milliseconds: an audit does without rather than wait. */
const MAX_MS = 5000;
/** Commits of HEAD that are looked at, the newest first: some months of a busy repository. */
const MAX_COMMITS = 50_000;
const MAX_REVERTS = 5000;

/** What `git revert` writes; with `revert.reference` the hash is short. */
const REVERTS = "This reverts commit ";
const REVERTED = /^This reverts commit ([0-9a-f]{7,64})\b/gmu;

/**
 * The history of HEAD in the repository that the project lies in. Null when there is none, git is missing, refuses or takes longer than
 * five seconds. Reads only; throws nothing.
 */
export async function readHistory(env: Environment, signal: AbortSignal): Promise<History | null> {
  try {
    const [commits, messages] = await Promise.all([
      git(env, ["rev-list", `--max-count=${MAX_COMMITS}`, "HEAD"], signal),
      git(
        env,
        [
          "rev-list",
          `--max-count=${MAX_REVERTS}`,
          "--fixed-strings",
          `--grep=${REVERTS}`,
          "--format=%x00%H%n%B",
          "HEAD",
        ],
        signal,
      ),
    ]);
    return { commits: commits.split("\n").filter((hash) => hash !== ""), reverts: toReverts(messages) };
  } catch {
    return null;
  }
}

/** A message cannot hold the NUL that stands before each. */
function toReverts(messages: string): ReadonlyMap<string, readonly string[]> {
  const told = messages.split("\0").map((text) => {
    const end = text.indexOf("\n");
    return [text.slice(0, end), [...text.slice(end).matchAll(REVERTED)].map(([, hash = ""]) => hash)] as const;
  });
  return new Map(told.filter(([, hashes]) => hashes.length > 0));
}

async function git(env: Environment, args: readonly string[], signal: AbortSignal): Promise<string> {
  const folder = env["CLAUDE_PROJECT_DIR"] || process.cwd();
  return new Promise((resolve, reject) => {
    const options = {
      timeout: MAX_MS,
      killSignal: "SIGKILL",
      maxBuffer: GIT_BYTES,
      windowsHide: true,
      signal,
    } as const;
    execFile("git", toGitArguments(folder, args), { ...options, ...toGitPlace(env) }, (error, output) => {
      if (error === null) resolve(output);
      else reject(error);
    });
  });
}
