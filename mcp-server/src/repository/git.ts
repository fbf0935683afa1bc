import { dirname } from "node:path";
import type { Environment } from "../config.ts";

/** What git may print, in bytes. */
export const GIT_BYTES = 32_000_000;

/**
 * Options that make git read a folder's repository and do nothing else: nothing that its configuration names is started, no
 * pager, no lock, no network. Whom a repository may belong to (`safe.directory`) stays with git.
 */
export function toGitArguments(folder: string, args: readonly string[]): string[] {
  const settings = [
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "log.showSignature=false",
    "protocol.allow=never",
  ];
  return ["-C", folder, "--no-pager", "--no-optional-locks", ...settings.flatMap((one) => ["-c", one]), ...args];
}

/** What git needs of the environment: to be found, and to find its user's settings. Others could name a program or a repository. */
const KEPT = /^(?:PATH|HOME|XDG_CONFIG_HOME|USERPROFILE|HOMEDRIVE|HOMEPATH|SYSTEMROOT|PROGRAMDATA|TEMP|TMP)$/iu;

/** Where and with what git is started. */
export function toGitPlace(env: Environment): { readonly cwd: string; readonly env: Record<string, string> } {
  const kept = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && KEPT.test(entry[0]),
  );
  const set = { GIT_OPTIONAL_LOCKS: "0", GIT_TERMINAL_PROMPT: "0", GIT_NO_LAZY_FETCH: "1", LC_ALL: "C" };
  // On Windows a program is looked for in the working folder first, and a project may hold a git.exe.
  return { cwd: dirname(process.execPath), env: { ...Object.fromEntries(kept), ...set } };
}
