import { lstat, readdir, readFile, realpath } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { parseProjects, type Environment } from "../../config.ts";
import type { Project } from "../selected-traces.ts";
import { EVERY_PROJECT } from "./this-project.ts";

/** A git configuration is a few kilobytes; nothing else is read here. */
const MAX_BYTES = 1_000_000;
const MAX_WORKTREES = 200;

/**
 * The project that Claude Code was started in, as its folder and its `.git` tell, which is read without running git. A
 * project without one is known by its folder alone. Throws nothing.
 */
export async function readOwnProject(env: Environment): Promise<Project> {
  const others = parseProjects(env);
  if (others === null) return EVERY_PROJECT;
  const given = env["CLAUDE_PROJECT_DIR"] || process.cwd();
  const folder = await realpath(given).catch(() => given);
  const found = await findRepository(folder);
  if (found === null) return { folders: [...new Set([given, folder])], remotes: [], others };
  const { root, main, common } = found;
  const config = await readText(join(common, "config"));
  // A folder in a repository is a project of its own; the repository's remotes are its all the same.
  const checkouts = root === folder ? [main, ...(await listWorktrees(common))] : [];
  return { folders: [...new Set([given, folder, ...checkouts])], remotes: toRemoteUrls(config ?? ""), others };
}

type Repository = {
  /** The folder that is checked out. */
  readonly root: string;
  /** Of a worktree the folder that it was made from; else the same. */
  readonly main: string;
  /** The folder that git keeps what all worktrees share in. */
  readonly common: string;
};

/** Of the folder or of the nearest one above it, but for a home folder, whose repository holds somebody's settings. */
async function findRepository(folder: string): Promise<Repository | null> {
  const home = homedir();
  for (let root = folder; ; root = dirname(root)) {
    const git = join(root, ".git");
    const stats = root === home && root !== folder ? null : await lstat(git).catch(() => null);
    if (stats?.isDirectory() === true) return { root, main: root, common: git };
    if (stats?.isFile() === true) {
      // Of a worktree or submodule: it names the folder, which names the shared one when there is one.
      const named = /^gitdir: (.+)$/mu.exec((await readText(git)) ?? "")?.[1];
      if (named === undefined) return null;
      const own = resolve(root, named.trim());
      const shared = (await readText(join(own, "commondir")))?.trim();
      if (shared === undefined) return { root, main: root, common: own };
      const common = resolve(own, shared);
      return { root, main: mainFolder(common), common };
    }
    if (root === dirname(root) || root === home) return null;
  }
}

/** `/home/dev/app` of `/home/dev/app/.git` and of the bare `/home/dev/app.git`. */
function mainFolder(common: string): string {
  return basename(common).startsWith(".") ? dirname(common) : common.replace(/\.git$/u, "");
}

async function listWorktrees(common: string): Promise<readonly string[]> {
  const names = await readdir(join(common, "worktrees")).catch(() => []);
  const links = await Promise.all(
    names.slice(0, MAX_WORKTREES).map((name) => readText(join(common, "worktrees", name, "gitdir"))),
  );
  return links.flatMap((link) => (link === null || link.trim() === "" ? [] : [dirname(link.trim())]));
}

/** The text of a regular file that is not large, or null. */
async function readText(path: string): Promise<string | null> {
  const stats = await lstat(path).catch(() => null);
  if (stats?.isFile() !== true || stats.size > MAX_BYTES) return null;
  return readFile(path, "utf8").catch(() => null);
}

/** The addresses of the remotes that a git configuration names. */
function toRemoteUrls(config: string): readonly string[] {
  const sections = config.split(/^[ \t]*(?=\[)/mu).filter((section) => /^\[remote\s+"/iu.test(section));
  return sections.flatMap((section) =>
    [...section.matchAll(/^[ \t]*(?:push)?url[ \t]*=[ \t]*"?([^"\r\n]+?)"?[ \t]*$/gimu)].map((match) => match[1] ?? ""),
  );
}
