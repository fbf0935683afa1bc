import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";

/** A real git repository in a folder. */
export type Repository = {
  /** Runs git in it; gives what it printed. */
  readonly git: (...args: readonly string[]) => string;
  /** Adds a line to a file and commits it, at a time (ISO 8601); gives what `git commit` printed. */
  readonly commit: (file: string, message: string, at?: string) => string;
  /** Merges a branch with a commit of its own. */
  readonly merge: (branch: string, at: string) => string;
  readonly head: () => string;
};

/** Makes a folder a repository, on the branch `main`, with no settings but its own. */
export function createRepository(folder: string): Repository {
  const settings = { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" };
  const who = { GIT_AUTHOR_NAME: "dev", GIT_AUTHOR_EMAIL: "dev@example.com" };
  const by = { GIT_COMMITTER_NAME: "dev", GIT_COMMITTER_EMAIL: "dev@example.com" };
  const run = (args: readonly string[], more: Readonly<Record<string, string>> = {}): string =>
    execFileSync("git", args, {
      cwd: folder,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: process.env["PATH"], ...settings, ...who, ...by, ...more },
    });
  run(["init", "--quiet", "--initial-branch=main"]);
  return {
    git: (...args) => run(args),
    commit: (file, message, at) => {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      appendFileSync(join(folder, file), `${message}\n`);
      run(["add", "--", file]);
      return run(["commit", "-m", message], at === undefined ? {} : { GIT_AUTHOR_DATE: at, GIT_COMMITTER_DATE: at });
    },
    merge: (branch, at) => run(["merge", "--no-ff", "-m", "Merge", branch], { GIT_COMMITTER_DATE: at }),
    head: () => run(["rev-parse", "HEAD"]).trim(),
  };
}
