import { basename, dirname } from "node:path";

/** Claude Code cuts a folder's name here and adds a hash of the whole path. */
const MAX_NAME = 200;
const DRIVE = /^[A-Za-z]:/u;

/** The name of the folder that Claude Code 2.1 keeps a project's transcripts in. */
export function toFolderName(project: string): string {
  // UTF-16 units and not characters: Claude Code writes two dashes for a character beyond the first 65,536.
  // eslint-disable-next-line require-unicode-regexp
  const name = project.replace(/[^A-Za-z0-9]/g, "-");
  if (name.length <= MAX_NAME) return name;
  let hash = 0;
  for (let at = 0; at < project.length; at += 1) hash = ((hash << 5) - hash + project.charCodeAt(at)) | 0;
  return `${name.slice(0, MAX_NAME)}-${Math.abs(hash).toString(36)}`;
}

/**
 * The ways in which Claude Code may have written a project's path: composed (which is how it asks for it) or as the file
 * system spells it, with either case of a drive's letter, and a drive as Git's shell for Windows names it.
 */
export function spellingsOf(path: string): readonly string[] {
  const plain = path.length > 1 ? path.replace(/[/\\]+$/u, "") : path;
  const shell = /^\/([A-Za-z])\/(.*)$/u.exec(plain);
  const native = shell === null ? [] : [`${shell[1] ?? ""}:\\${(shell[2] ?? "").replaceAll("/", "\\")}`];
  const composed = [plain, ...native].flatMap((one) => [one.normalize("NFC"), one, one.normalize("NFD")]);
  return [...new Set(composed.flatMap((one) => (DRIVE.test(one) ? [upper(one), lower(one)] : [one])))];
}

const upper = (path: string): string => path.slice(0, 1).toUpperCase() + path.slice(1);
const lower = (path: string): string => path.slice(0, 1).toLowerCase() + path.slice(1);

/** One spelling for all that name the same folder; Windows tells neither case nor slashes apart. */
export function toSamePath(path: string): string {
  const plain = (path.length > 1 ? path.replace(/[/\\]+$/u, "") : path).normalize("NFC");
  return DRIVE.test(plain) ? plain.replaceAll("\\", "/").toLowerCase() : plain;
}

/** Below it Claude Code puts the worktrees that it makes itself. */
export const WORKTREES = "/.claude/worktrees/";
/** How the names of their folders of transcripts begin, after that of the project. */
export const WORKTREE_FOLDER = toFolderName(WORKTREES);

/**
 * Whether a transcript is one of a project. A folder's name stands for other projects too (`a-b` and `a/b`), so the
 * transcript itself has to say it: in any of the folders that it names, for a session may enter a worktree, which moves
 * its file and leaves its first lines. One whose folders have other names was moved here with its project.
 */
export function isOfProject(projects: readonly string[], cwds: readonly string[], path: string): boolean {
  if (cwds.length === 0) return true;
  const same = cwds.map(toSamePath);
  if (same.some((cwd) => projects.some((project) => cwd === project || cwd.startsWith(`${project}${WORKTREES}`))))
    return true;
  const here = basename(dirname(path));
  const isBelow = same.some((cwd) => projects.some((project) => cwd.startsWith(`${project}/`)));
  return !isBelow && !cwds.some((cwd) => spellingsOf(cwd).some((spelling) => toFolderName(spelling) === here));
}
