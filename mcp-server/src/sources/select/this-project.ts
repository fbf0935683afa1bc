import type { Place } from "../../trace/rows/place.ts";
import { toName, truncate } from "../../trace/values/names.ts";
import type { Project } from "../selected-traces.ts";
import {
  isCommon,
  isOnTheWay,
  isSameRemote,
  toEncoded,
  toFolder,
  toFolderName,
  toRemote,
  type Folder,
} from "./spellings.ts";

export const EVERY_PROJECT: Project = { folders: [], remotes: [], others: null };

/**
 * Whether a run that took place there belongs to the project; null when the run does not say where. A repository of the
 * project settles it. Else folders do, of which one is enough, because an agent may walk into another; else names.
 */
export function belongsTo(project: Project, places: readonly Place[]): boolean | null {
  if (project.others === null) return true;
  if (places.length === 0) return null;
  const ours = toOurs(project, project.others);
  const repositories = places.filter(({ kind }) => kind === "repository");
  if (repositories.some(({ value }) => isOurRepository(ours, value))) return true;
  const folders = places.filter((place) => place.kind === "folder" || isWholePath(place));
  const deciding = folders.length > 0 ? folders : places.filter(({ kind }) => kind !== "repository");
  return deciding.some(({ kind, value }) => {
    if (kind === "folder") return isOurFolder(ours, toFolder(value));
    return kind === "encoded" ? isOurEncoded(ours, value) : isOurName(ours, value);
  });
}

/** Claude Code's name for a folder begins with the dash of the root or with a drive; the end of one tells less. */
function isWholePath({ kind, value }: Place): boolean {
  return kind === "encoded" && /^(?:-|[a-z]--)/iu.test(value);
}

type Names = readonly string[];
type Ours = {
  readonly folders: readonly Folder[];
  readonly remotes: Project["remotes"];
  /** The names of its own folders; each the way of folders, one below the other, by which one is known anywhere. */
  readonly own: readonly Names[];
  /** The same of those that were named in addition. */
  readonly added: readonly Names[];
};

function toOurs({ folders: paths, remotes }: Project, others: readonly string[]): Ours {
  const folders = paths.map(toFolder);
  return {
    folders,
    remotes,
    own: folders.flatMap(({ parts }) => {
      const way = isCommon(parts.at(-1) ?? "") ? parts.slice(-2) : parts.slice(-1);
      // A common name right below the root or a home folder is known by its place alone.
      return way.length === 0 || (way.length === 1 && isCommon(way[0] ?? "")) ? [] : [way];
    }),
    added: others.map((name) => toFolder(name).parts).filter((parts) => parts.length > 0),
  };
}

function isOurFolder({ folders, own, added }: Ours, recorded: Folder): boolean {
  if ([...own, ...added].some((names) => isOnTheWay(names, recorded))) return true;
  return folders.some(({ path, parts }) =>
    // Everything lies below the root and below a home folder, which says nothing.
    parts.length === 0 ? recorded.path === path : parts.every((part, at) => part === recorded.parts[at]),
  );
}

/** What a worktree's folder adds to the name before it. */
const WORKTREE = /^-{1,2}(?:claude-)?(?:wt|worktrees?)-/u;

/**
 * In such a name nothing tells where a folder's name ends. So what stands behind the project's name belongs to that name
 * (`app-two` is no folder in `app`), but for worktrees; and so does what stands before it when the folder above is known.
 */
function isOurEncoded({ folders, own, added }: Ours, value: string): boolean {
  const recorded = toEncoded(value);
  const isEnd = (rest: string): boolean => rest === "" || WORKTREE.test(rest);
  const begins = (name: string): boolean => recorded.startsWith(name) && isEnd(recorded.slice(name.length));
  const holds = (names: Names): boolean => {
    const name = toEncoded(names.join("/"));
    const at = recorded.lastIndexOf(`-${name}`);
    return begins(name) || (at !== -1 && isEnd(recorded.slice(at + 1 + name.length)));
  };
  const spelled = folders.map(({ path, parts }) => [path, ...parts.map((_part, at) => parts.slice(at).join("/"))]);
  if (spelled.flat().some((spelling) => begins(toEncoded(spelling))) || added.some(holds)) return true;
  const above = spelled.flat().map((spelling) => toEncoded(spelling.slice(0, Math.max(0, spelling.lastIndexOf("/")))));
  if (above.some((folder) => folder !== "" && recorded.startsWith(`${folder}-`))) return false;
  return own.some(holds);
}

function isOurName({ folders, added }: Ours, value: string): boolean {
  const names = [...folders.map(({ parts }) => parts), ...added].map((parts) => parts.at(-1) ?? "");
  return names.some((name) => name !== "" && toEncoded(name) === toEncoded(value));
}

/** A repository without an address of its own is known by the name of its folder. */
function isOurRepository(ours: Ours, value: string): boolean {
  const recorded = toRemote(value);
  if (ours.remotes.some((remote) => isSameRemote(toRemote(remote), recorded))) return true;
  const known = ours.remotes.length > 0 ? { ...ours, folders: [] } : ours;
  return isOurName(known, recorded.path.at(-1) ?? "");
}

const MAX_NAME = 60;

/** What the project of a run that took place there may be called: one visible, bounded name, never a whole path. */
export function projectName(places: readonly Place[]): string {
  const named = places.toSorted((left, right) => KINDS.indexOf(left.kind) - KINDS.indexOf(right.kind))[0];
  if (named === undefined) return "unnamed";
  const { kind, value } = named;
  const name =
    kind === "folder"
      ? toFolderName(toFolder(value))
      : kind === "repository"
        ? (toRemote(value).path.at(-1) ?? "")
        : // Without the home folder in front, whose owner's name is nobody's business here.
          value.replace(/^(?:-home|-users|-root|[a-z]--users)-(?:[a-z0-9]+-)?/iu, "").replace(/^-+/u, "");
  return truncate(toName(name || "a home folder"), MAX_NAME);
}

const KINDS: readonly Place["kind"][] = ["name", "repository", "folder", "encoded"];
