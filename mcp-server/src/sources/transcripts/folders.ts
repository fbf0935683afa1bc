import { lstat, readdir, realpath } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Environment } from "../../config.ts";
import { stopped } from "./error-texts.ts";

/** A regular file. Times are milliseconds since 1970. */
export type FoundFile = { readonly path: string; readonly size: number; readonly changedAt: number };
/** One session's transcript. */
export type SessionFile = FoundFile & { readonly sessionId: string };

/** Where Claude Code keeps the transcripts of one project. */
export type Places = {
  /** The spellings of the project's folder: as given, and with links resolved, which is how Claude Code knows it. */
  readonly projects: readonly string[];
  /** The folders of transcripts, by the project's spellings. */
  readonly folders: readonly string[];
};

/** Claude Code cuts a folder's name here and adds a hash of the whole path. */
const MAX_NAME = 200;
/** How many files are looked at for their time; beyond it the newest may be missed, and the listing says that it is cut. */
const MAX_FILES = 100_000;
const BATCH = 64;
/** A subagent's transcript of older versions lies beside its session's. */
const SESSION = /^(?!agent-)([A-Za-z0-9][A-Za-z0-9_-]{0,199})\.jsonl$/u;

/** The places of the project that Claude Code was started in. Nothing is read but links. */
export async function findPlaces(env: Environment): Promise<Places> {
  const given = env["CLAUDE_PROJECT_DIR"] || process.cwd();
  const resolved = await realpath(given).catch(() => given);
  const projects = [...new Set([resolved, given])];
  const root = join(env["CLAUDE_CONFIG_DIR"] || join(homedir(), ".claude"), "projects");
  return { projects, folders: projects.map((project) => join(root, toFolderName(project))) };
}

/** The name of the folder that Claude Code 2.1 keeps a project's transcripts in. */
export function toFolderName(project: string): string {
  const name = project.replace(/[^A-Za-z0-9]/gu, "-");
  if (name.length <= MAX_NAME) return name;
  let hash = 0;
  for (let at = 0; at < project.length; at += 1) hash = ((hash << 5) - hash + project.charCodeAt(at)) | 0;
  return `${name.slice(0, MAX_NAME)}-${Math.abs(hash).toString(36)}`;
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
      const batch = await Promise.all(ids.slice(at, at + BATCH).map(async (id) => findIn([folder], id)));
      for (const session of batch)
        if (session !== null) found.set(session.sessionId, found.get(session.sessionId) ?? session);
    }
  }
  const sessions = [...found.values()].toSorted(
    (left, right) => right.changedAt - left.changedAt || (left.sessionId < right.sessionId ? -1 : 1),
  );
  return { sessions, isCut };
}

/** The session of this id, or null when the project has none. The id is a name, never a path. */
export async function findSession({ folders }: Places, sessionId: string): Promise<SessionFile | null> {
  if (!SESSION.test(`${sessionId}.jsonl`)) return null;
  return findIn(folders, sessionId);
}

async function findIn(folders: readonly string[], sessionId: string): Promise<SessionFile | null> {
  const file = await findFile(folders, `${sessionId}.jsonl`);
  return file === null ? null : { sessionId, ...file };
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
