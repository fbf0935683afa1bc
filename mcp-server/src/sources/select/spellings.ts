/** A path in one spelling, whoever wrote it: forward slashes, lower case (not every disk tells it from upper), no end. */
export type Folder = {
  readonly path: string;
  /** The names of the folders in it, without those of a home folder, whose owner's name says nothing of a project. */
  readonly parts: readonly string[];
};

const HOME = /^(?:~|(?:[a-z]:|\/(?:mnt\/)?[a-z])?\/users\/[^/]+|(?:\/var)?\/home\/[^/]+|\/root)(?=\/|$)/u;
const DRIVE = /^[a-z]:/u;

/** Reads a path of any system; `name` and `above/name` are paths too. */
export function toFolder(written: string): Folder {
  const names: string[] = [];
  for (const name of written.trim().toLowerCase().split(/[\\/]/u)) {
    if (name === ".." && names.length > 0) names.pop();
    else if (name !== "." && name !== "") names.push(name);
  }
  const path = (/^[\\/]/u.test(written.trim()) ? "/" : "") + names.join("/");
  const parts = path.replace(HOME, "").replace(DRIVE, "").split("/");
  return { path, parts: parts.filter((part) => part !== "") };
}

/** `app-wt/x`, `app.worktrees/x`: people keep the worktrees of `app` in a folder beside it. */
const WORKTREES = /[-_.]{1,2}(?:wt|worktrees?)$/u;

/** Whether folders of these names lie one below the other on the way to it. */
export function isOnTheWay(names: readonly string[], { parts }: Folder): boolean {
  return parts.some((_part, at) =>
    names.every((name, below) => {
      const part = parts[at + below] ?? "";
      return part === name || (below === names.length - 1 && part.replace(WORKTREES, "") === name);
    }),
  );
}

/** The name by which a human knows the folder: of a worktree that of the project, of `shop/app` both. */
export function toFolderName({ parts }: Folder): string {
  const claude = parts.indexOf(".claude");
  const known = claude > 0 ? parts.slice(0, claude) : parts;
  const worktrees = known.findIndex((part) => WORKTREES.test(part));
  const own = worktrees === -1 ? known : [...known.slice(0, worktrees), known[worktrees]?.replace(WORKTREES, "") ?? ""];
  return (isCommon(own.at(-1) ?? "") ? own.slice(-2) : own.slice(-1)).join("/");
}

/** Folders have these names in many projects, so that they tell a project only together with the folder above. */
const COMMON =
  /^(?:apps?|api|backend|build|client|code|core|data|demo|dev|develop|docs?|frontend|git|home|lib|main|master|mono|monorepo|packages?|pkg|projects?|public|repos?|root|scratch|server|services?|site|source|src|temp|tests?|tmp|trunk|ui|web|website|work|workspaces?|www)$/u;

export function isCommon(name: string): boolean {
  return COMMON.test(name);
}

/** Claude Code's way to make a file name of a path: all but letters and digits become dashes. */
export function toEncoded(path: string): string {
  return path.toLowerCase().replaceAll(/[^a-z0-9]/gu, "-");
}

/** A repository: its host, when it is told, and the rest of its address. */
export type Remote = { readonly host: string | null; readonly path: readonly string[] };

/** Reads an address of git, over https, ssh (also as `git@host:path`) or from a disk, or the end of one (`owner/name`). */
export function toRemote(written: string): Remote {
  const url = written
    .trim()
    .toLowerCase()
    .replaceAll("\\", "/")
    .replace(/[?#].*$/u, "");
  const [, host = "", path = url] =
    /^[a-z][a-z+]*:\/\/(?:[^/@]*@)?([^/:]*)(?::\d+)?(\/.*)?$/u.exec(url) ??
    /^(?:[^/@:]+@)?([^/@:]{2,}):(?!\/\/)(.*)$/u.exec(url) ??
    /^([^/@:]+\.[a-z]{2,}(?=\/[^/]+\/))(.*)$/u.exec(url) ??
    [];
  const parts = path
    .replace(/\/+$/u, "")
    .replace(/\.git$/u, "")
    .split("/");
  return {
    // A name without a dot is an alias of somebody's ssh settings.
    host: host.includes(".") ? host.replace(/^(?:alt)?ssh\.|^www\./u, "") : null,
    // Azure DevOps writes one repository as `v3/org/project/name` and `org/project/_git/name`.
    path: parts.filter((part) => part !== "" && part !== "_git" && part !== "v3"),
  };
}

/** Whether they can be one repository: of an address that is cut at its front only the rest is compared. */
export function isSameRemote(own: Remote, recorded: Remote): boolean {
  const areWhole = own.host !== null && recorded.host !== null;
  if (recorded.path.length === 0 || (areWhole && own.host !== recorded.host)) return false;
  const end = areWhole ? own.path : own.path.slice(-recorded.path.length);
  return end.join("/") === recorded.path.join("/");
}
