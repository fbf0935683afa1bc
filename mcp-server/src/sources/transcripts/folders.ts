import { lstat, readdir, readFile, realpath } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import type { Environment } from "../../config.ts";
import { stopped } from "./error-texts.ts";
import { spellingsOf, toFolderName, toSamePath, WORKTREE_FOLDER } from "./projects.ts";

/** A regular file. Times are milliseconds since 1970. */
export type FoundFile = { readonly path: string; readonly size: number; readonly changedAt: number };
/** One session's transcript. `folders`: where else files of it may lie, for a session moves when it enters a worktree. */
export type SessionFile = FoundFile & { readonly sessionId: string; readonly folders: readonly string[] };

/** Where Claude Code keeps the transcripts of one project. */
export type Places = {
  /** The project's folder and its worktrees, as `toSamePath` spells them. */
  readonly projects: readonly string[];
  /** The folders of transcripts: by the project's spellings, and those of its worktrees. */
  readonly folders: readonly string[];
  /** The nearest folder above in the same repository of which there are transcripts; null without one. */
  readonly above: string | null;
};

/** How many files are looked at for their time; beyond it the newest may be missed, and the listing says that it is cut. */
const MAX_FILES = 100_000;
const MAX_WORKTREES = 1000;
const BATCH = 64;
/** A subagent's transcript of older versions lies beside its session's. */
const SESSION = /^(?!agent-)([A-Za-z0-9][A-Za-z0-9_-]{0,199})\.jsonl$/u;

/**
 * The places of the project that Claude Code was started in, as given and with links resolved, which is how Claude Code
 * knows it; and those of its worktrees, whose sessions Claude Code resumes from here too. No transcript is read.
 */
export async function findPlaces(env: Environment): Promise<Places> {
  const given = env["CLAUDE_PROJECT_DIR"] || process.cwd();
  const resolved = await realpath(given).catch(() => given);
  const root = join(env["CLAUDE_CONFIG_DIR"] || join(homedir(), ".claude"), "projects");
  const own = [...new Set([resolved, given].flatMap(spellingsOf))];
  const trees = (await gitWorktrees(resolved)).flatMap(spellingsOf);
  const names = own.map(toFolderName);
  const starts = names.map((name) => `${name}${WORKTREE_FOLDER}`);
  const there = await readdir(root).catch(() => []);
  const made = there.filter((name) => starts.some((start) => name.startsWith(start)));
  const all = new Set([...names, ...trees.map(toFolderName), ...made.toSorted().slice(0, MAX_WORKTREES)]);
  return {
    projects: [...new Set([...own, ...trees].map(toSamePath))],
    folders: [...all].map((name) => join(root, name)),
    above: await findAbove(resolved, new Set(there)),
  };
}

/** Goes up to the folder that holds `.git`; beyond it lies another project. */
async function findAbove(project: string, there: ReadonlySet<string>): Promise<string | null> {
  let nearest: string | null = null;
  for (let folder = project; ; folder = dirname(folder)) {
    if (folder !== project && spellingsOf(folder).some((name) => there.has(toFolderName(name)))) nearest ??= folder;
    if ((await lstat(join(folder, ".git")).catch(() => null)) !== null) return nearest;
    if (dirname(folder) === folder) return null;
  }
}

/** The worktrees of a repository, as Git notes them in its main checkout. */
async function gitWorktrees(project: string): Promise<readonly string[]> {
  const folder = join(project, ".git", "worktrees");
  const names = await readdir(folder).catch(() => []);
  const trees = await Promise.all(
    names.slice(0, MAX_WORKTREES).map(async (name) => (await readSmall(join(folder, name, "gitdir"))).trim()),
  );
  return trees.filter((tree) => tree !== "").map((tree) => dirname(tree));
}

/** The sessions of a project, the one that changed last first. `isCut`: there are more files than are looked at. */
export async function listSessions(
  { folders }: Places,
  signal: AbortSignal,
): Promise<{ readonly sessions: readonly SessionFile[]; readonly isCut: boolean }> {
  const found = new Map<string, SessionFile>();
  let isCut = false;
  for (const folder of folders) {
    const names = await readdir(folder).catch(() => []);
    const ids = names.flatMap((name) => SESSION.exec(name)?.[1] ?? []);
    isCut ||= ids.length > MAX_FILES;
    for (let at = 0; at < Math.min(ids.length, MAX_FILES); at += BATCH) {
      if (signal.aborted) throw stopped();
      const batch = await Promise.all(ids.slice(at, at + BATCH).map(async (id) => findFile([folder], `${id}.jsonl`)));
      for (const [index, file] of batch.entries()) {
        const sessionId = ids[at + index] ?? "";
        // Of a session that lies in two folders, the file that went on.
        if (file !== null && file.changedAt > (found.get(sessionId)?.changedAt ?? -Infinity))
          found.set(sessionId, { sessionId, folders, ...file });
      }
    }
  }
  const sessions = [...found.values()].toSorted(
    (left, right) => right.changedAt - left.changedAt || (left.sessionId < right.sessionId ? -1 : 1),
  );
  return { sessions, isCut };
}

/** The session of this id, or null when the project has none. The id is a name, never a path. */
export async function findSession({ folders }: Places, sessionId: string): Promise<SessionFile | null> {
  const name = `${sessionId}.jsonl`;
  if (!SESSION.test(name)) return null;
  const files = await Promise.all(folders.map(async (folder) => findFile([folder], name)));
  let last: FoundFile | null = null;
  for (const file of files) if (file !== null && file.changedAt > (last?.changedAt ?? -Infinity)) last = file;
  return last === null ? null : { sessionId, folders, ...last };
}

/** As short as the beginning of an id may be, as Git has it. */
const MIN_BEGINNING = 4;

/** The ids, sorted, of the project's sessions that begin so. */
export async function findSessionIds({ folders }: Places, beginning: string): Promise<readonly string[]> {
  if (beginning.length < MIN_BEGINNING) return [];
  const names = (await Promise.all(folders.map(async (folder) => readdir(folder).catch(() => [])))).flat();
  const ids = names.flatMap((name) => SESSION.exec(name)?.[1] ?? []);
  return [...new Set(ids.filter((id) => id.startsWith(beginning)))].toSorted();
}

/**
 * The first of the folders' files of this name. Only regular files count, so that a link or a pipe cannot lead elsewhere
 * or keep the reader waiting.
 */
export async function findFile(folders: readonly string[], name: string): Promise<FoundFile | null> {
  for (const folder of folders) {
    const path = join(folder, name);
    const stats = await lstat(path).catch(() => null);
    if (stats?.isFile() === true) return { path, size: stats.size, changedAt: stats.mtimeMs };
  }
  return null;
}

/** A note of a few lines has no more bytes. */
const MAX_SMALL = 65_536;

/** The text of a small regular file; "" for anything else, such as a pipe, which would keep the reader waiting. */
export async function readSmall(path: string): Promise<string> {
  const stats = await lstat(path).catch(() => null);
  return stats?.isFile() === true && stats.size <= MAX_SMALL ? readFile(path, "utf8").catch(() => "") : "";
}
